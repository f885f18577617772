/** The filter of a grid as it is typed: text, and `name = value`, separated by commas. */

import { formatText } from './values';
import { IWords } from './words';

export interface IListed {
  readonly scope: string;
  readonly scope_title: string;
  readonly name: string;
  /** JSON texts of its values. */
  readonly texts: readonly string[];
}

export interface IFilterRule {
  readonly scope: string;
  readonly name: string;
  /** JSON text of the value. */
  readonly text: string;
}

export interface IParsedFilter {
  readonly text: string;
  readonly rules: readonly IFilterRule[];
  /** Why it can't be used; empty if it can. */
  readonly problem: string;
}

const MOST_PROPOSED = 50;

/** What is meant. A value that nobody has stands for those that begin with it. */
export function parseFilter(
  typed: string,
  parameters: readonly IListed[],
  trans: IWords
): IParsedFilter {
  const texts: string[] = [];
  const rules: IFilterRule[] = [];
  const problems: string[] = [];
  for (const { term } of termsOf(typed)) {
    const sign = signOf(term);
    if (sign < 0) {
      texts.push(term.trim());
      continue;
    }
    const name = term.slice(0, sign).trim();
    const value = term.slice(sign + 1).trim();
    const named = find(name, parameters);
    if (named.length === 0) {
      problems.push(trans.__('There is no parameter “%1”.', name));
    } else if (named.length > 1) {
      const labels = named.map(one => `“${qualified(one)}”`).join(', ');
      problems.push(trans.__('Which “%1”? Write %2.', name, labels));
    } else if (value !== '') {
      const [one] = named;
      const meant = valuesLike(value, one.texts);
      if (meant.length === 0) {
        problems.push(trans.__('“%1” has no value %2.', name, value));
      }
      const rule = { scope: one.scope, name: one.name };
      rules.push(...meant.map(text => ({ ...rule, text })));
    }
  }
  return {
    text: texts.filter(text => text !== '').join(', '),
    rules,
    problem: problems.join(' ')
  };
}

/** Whole filters that what is typed may become: names first, then values of the name. */
export function proposals(
  typed: string,
  parameters: readonly IListed[]
): string[] {
  const terms = termsOf(typed);
  const { term, start } = terms[terms.length - 1];
  const before = typed.slice(0, start) + (start > 0 ? ' ' : '');
  const sign = signOf(term);
  if (sign < 0) {
    const wanted = term.trim().toLowerCase();
    return parameters
      .filter(one => qualified(one).toLowerCase().includes(wanted))
      .map(one => `${before}${labelOf(one, parameters)} = `)
      .slice(0, MOST_PROPOSED);
  }
  const name = term.slice(0, sign).trim();
  const wanted = term
    .slice(sign + 1)
    .trim()
    .toLowerCase();
  return find(name, parameters)
    .flatMap(one =>
      one.texts
        .map(formatText)
        .filter(text => text.toLowerCase().includes(wanted))
        .slice(0, MOST_PROPOSED)
        .map(text => `${before}${labelOf(one, parameters)} = ${text}`)
    )
    .slice(0, MOST_PROPOSED);
}

/** What a parameter is called among others: with its scope if they share its name. */
export function labelOf(
  one: Pick<IListed, 'scope_title' | 'name'>,
  among: readonly Pick<IListed, 'name'>[]
): string {
  const shared = among.filter(other => other.name === one.name).length > 1;
  return shared ? qualified(one) : one.name;
}

function qualified(one: Pick<IListed, 'scope_title' | 'name'>): string {
  return `${one.scope_title}: ${one.name}`;
}

function find(name: string, parameters: readonly IListed[]): IListed[] {
  const called = (same: (label: string) => boolean) =>
    parameters.filter(one => same(one.name) || same(qualified(one)));
  const exactly = called(label => label === name);
  return exactly.length > 0
    ? exactly
    : called(label => label.toLowerCase() === name.toLowerCase());
}

function valuesLike(value: string, texts: readonly string[]): string[] {
  const exactly = texts.filter(text => text === value);
  if (exactly.length > 0) {
    return exactly;
  }
  const read = texts.filter(text => formatText(text) === value);
  return read.length > 0
    ? read
    : texts.filter(
        text => text.startsWith(value) || formatText(text).startsWith(value)
      );
}

/** Parts between commas that are not inside of quotes or brackets. */
function termsOf(typed: string): { term: string; start: number }[] {
  const terms: { term: string; start: number }[] = [];
  let start = 0;
  let depth = 0;
  walk(typed, (char, at) => {
    if ('[{'.includes(char)) {
      depth += 1;
    } else if (']}'.includes(char)) {
      depth = Math.max(0, depth - 1);
    } else if (char === ',' && depth === 0) {
      terms.push({ term: typed.slice(start, at), start });
      start = at + 1;
    }
    return true;
  });
  return [...terms, { term: typed.slice(start), start }];
}

/** Where the `=` of a term is; -1 if it is text. */
function signOf(term: string): number {
  let found = -1;
  walk(term, (char, at) => {
    found = char === '=' ? at : -1;
    return found < 0;
  });
  return found;
}

/** Every character outside of quotes, while it is wanted. */
function walk(text: string, see: (char: string, at: number) => boolean): void {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (quoted && char === '\\') {
      at += 1;
    } else if (char === '"') {
      quoted = !quoted;
    } else if (!quoted && !see(char, at)) {
      return;
    }
  }
}
