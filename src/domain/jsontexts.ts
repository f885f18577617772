/** JSON as text: whether it is valid, and where its parts are. Numbers keep their spelling. */

import { dedented, indentAt } from './pipeline/texts';
import { IWords } from './words';

/** A member of an object, or an item of an array. */
export interface IPart {
  /** Null in an array. */
  readonly key: string | null;
  /** Where the member begins: at its key if it has one. */
  readonly start: number;
  /** Where its value begins, and ends. */
  readonly from: number;
  readonly to: number;
}

/** Words of Python that people mean as JSON. */
const PYTHON: Readonly<Record<string, string>> = {
  True: 'true',
  False: 'false',
  None: 'null'
};

/** Characters that are left on one line. */
const SHORT = 60;

/** Why a text is not JSON, with what to write instead where that can be guessed; null if it is. */
export function whyNotSyntax(text: string, trans: IWords): string | null {
  const bare = text.trim();
  if (bare === '') {
    return trans.__('Write a value: a number, "text", true, null, a list …');
  }
  try {
    JSON.parse(text);
    return null;
  } catch (reason) {
    if (Object.hasOwn(PYTHON, bare)) {
      return trans.__('In JSON it is %1.', PYTHON[bare]);
    }
    if (/^-?(NaN|Infinity)$/.test(bare)) {
      return trans.__('JSON has no %1; use null or text.', bare);
    }
    if (/^'[^'"]*'$/.test(bare)) {
      return trans.__('Text is in double quotes: "%1"', bare.slice(1, -1));
    }
    if (/^[\p{L}_][\p{L}\p{N}_ .-]*$/u.test(bare)) {
      return trans.__('Text is in double quotes: "%1"', bare);
    }
    return trans.__(
      'This is not JSON: %1',
      reason instanceof Error ? reason.message : String(reason)
    );
  }
}

/** Why a text is not a value: no JSON, or of a key that is there twice one would be lost. */
export function whyNotJson(text: string, trans: IWords): string | null {
  return whyNotSyntax(text, trans) ?? whyNotKeys(text, 0, trans);
}

/** Why the value that begins at a place of a valid JSON text would lose something. */
export function whyNotKeys(
  text: string,
  at: number,
  trans: IWords
): string | null {
  const twice = keyTwice(text, at);
  return twice === null
    ? null
    : trans.__('The key “%1” is in one object twice.', twice);
}

/** The first key that an object has twice, one of which would be lost; null if there is none. */
function keyTwice(text: string, at: number): string | null {
  if (kindAt(text, at) === 'scalar') {
    return null;
  }
  const seen = new Set<string>();
  for (const { key, from } of partsOf(text, at)) {
    if (key !== null && seen.has(key)) {
      return key;
    }
    seen.add(key ?? '');
    const inside = keyTwice(text, from);
    if (inside !== null) {
      return inside;
    }
  }
  return null;
}

/** What begins at a place of a valid JSON text. */
export function kindAt(text: string, at = 0): 'object' | 'array' | 'scalar' {
  const first = text[skipSpace(text, at)];
  return first === '{' ? 'object' : first === '[' ? 'array' : 'scalar';
}

/** The parts of the object or array that begins at a place of a valid JSON text. */
export function partsOf(text: string, at = 0): IPart[] {
  const parts: IPart[] = [];
  const keyed = kindAt(text, at) === 'object';
  let place = skipSpace(text, skipSpace(text, at) + 1);
  while (text[place] !== '}' && text[place] !== ']') {
    const start = place;
    let key: string | null = null;
    if (keyed) {
      const end = endOf(text, start);
      key = String(JSON.parse(text.slice(start, end)));
      place = skipSpace(text, skipSpace(text, end) + 1);
    }
    const to = endOf(text, place);
    parts.push({ key, start, from: place, to });
    place = skipSpace(text, to);
    if (text[place] === ',') {
      place = skipSpace(text, place + 1);
    }
  }
  return parts;
}

/** A valid JSON text on several lines if it is long, with its values as they are written. */
export function prettyJson(text: string, indent = ''): string {
  const bare = text.trim();
  const kind = kindAt(bare);
  if (kind === 'scalar' || bare.length <= SHORT) {
    return bare;
  }
  const inner = `${indent}  `;
  const lines = partsOf(bare).map(({ key, from, to }) => {
    const value = prettyJson(bare.slice(from, to), inner);
    return `${inner}${key === null ? '' : `${JSON.stringify(key)}: `}${value}`;
  });
  const [open, close] = kind === 'object' ? '{}' : '[]';
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

/** A value as the one member of an object; of no value, an empty object. */
export function asMember(name: string, text: string): string {
  return text.trim() === '' ? '{}' : `{${JSON.stringify(name)}: ${text}}`;
}

/** The value of a member of a valid JSON object, as it is written; nothing if it has none. */
export function memberIn(text: string, name: string): string {
  const part = partsOf(text).find(({ key }) => key === name);
  return part === undefined
    ? ''
    : dedented(text.slice(part.from, part.to), indentAt(text, part.start));
}

function skipSpace(text: string, at: number): number {
  let place = at;
  while (place < text.length && ' \t\n\r'.includes(text[place])) {
    place += 1;
  }
  return place;
}

/** Where the value that begins at a place ends. */
function endOf(text: string, at: number): number {
  let place = at;
  let depth = 0;
  do {
    const char = text[place];
    if (char === '"') {
      place = endOfString(text, place);
    } else if (char === '{' || char === '[') {
      depth += 1;
      place += 1;
    } else if (char === '}' || char === ']') {
      depth -= 1;
      place += 1;
    } else if (depth > 0) {
      place += 1;
    } else {
      while (place < text.length && !/[\s,\]}]/.test(text[place])) {
        place += 1;
      }
    }
  } while (depth > 0);
  return place;
}

function endOfString(text: string, at: number): number {
  let place = at + 1;
  while (text[place] !== '"') {
    place += text[place] === '\\' ? 2 : 1;
  }
  return place + 1;
}
