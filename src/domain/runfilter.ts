/** Which runs are listed: by state, batch, text and values; and conditions as people type them. */

import { RunStatus } from './status';
import { formatText } from './values';
import { IWords } from './words';

/** Runs with this value of a parameter; the value is a JSON text. */
export interface IValueRule {
  readonly scope: string;
  readonly name: string;
  readonly text: string;
}

export interface IRunFilter {
  readonly status: RunStatus | null;
  readonly batch: number | null;
  /** Part of a number, state, message or value. */
  readonly text: string;
  /** One of the values named for each parameter. */
  readonly where: readonly IValueRule[];
}

export const NO_FILTER: IRunFilter = {
  status: null,
  batch: null,
  text: '',
  where: []
};

export const RUN_STATUSES: readonly RunStatus[] = [
  'pending',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted'
];

/** Whether it leaves anything out. */
export function isFiltering(filter: IRunFilter): boolean {
  const { status, batch, text, where } = filter;
  return status !== null || batch !== null || text !== '' || where.length > 0;
}

export function sameFilter(a: IRunFilter, b: IRunFilter): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The filter with one more rule; the same rule twice is one. */
export function withRule(filter: IRunFilter, rule: IValueRule): IRunFilter {
  return {
    ...withoutRule(filter, rule),
    where: [...filter.where.filter(other => !sameRule(other, rule)), rule]
  };
}

export function withoutRule(filter: IRunFilter, rule: IValueRule): IRunFilter {
  const where = filter.where.filter(other => !sameRule(other, rule));
  return { ...filter, where };
}

function sameRule(a: IValueRule, b: IValueRule): boolean {
  return a.scope === b.scope && a.name === b.name && a.text === b.text;
}

/** A parameter that conditions may name. */
export interface INamed {
  readonly scope: string;
  readonly name: string;
  /** As its column is called. */
  readonly label: string;
  /** Its values as JSON texts. */
  readonly texts: readonly string[];
}

/** "alpha = 10": what a rule says. */
export function ruleLabel(
  rule: IValueRule,
  parameters: readonly INamed[]
): string {
  const known = parameters.find(
    ({ scope, name }) => scope === rule.scope && name === rule.name
  );
  return `${known?.label ?? rule.name} = ${formatText(rule.text)}`;
}

export interface ICondition {
  readonly rule: IValueRule | null;
  /** What is wrong with it; empty if it is a rule, or no condition at all. */
  readonly problem: string;
}

/** What was typed, as a rule if it is of the form `name = value`. */
export function readCondition(
  typed: string,
  parameters: readonly INamed[],
  trans: IWords
): ICondition {
  const found = /^([^=]+)=(.*)$/s.exec(typed);
  if (found === null) {
    return { rule: null, problem: '' };
  }
  const name = found[1].trim();
  const value = found[2].trim();
  const labelled = parameters.filter(({ label }) => label === name);
  const named =
    labelled.length > 0
      ? labelled
      : parameters.filter(parameter => parameter.name === name);
  if (named.length === 0) {
    return {
      rule: null,
      problem: trans.__('There is no parameter “%1”.', name)
    };
  }
  if (named.length > 1) {
    return {
      rule: null,
      problem: trans.__(
        'Several parameters are called so. Write one of: %1',
        named.map(({ label }) => label).join(', ')
      )
    };
  }
  if (value === '') {
    return { rule: null, problem: trans.__('Write a value after the =.') };
  }
  const [{ scope, name: real, texts }] = named;
  return {
    rule: { scope, name: real, text: meant(value, texts) },
    problem: ''
  };
}

/** The JSON text that is meant: a value as it is shown, JSON, or else plain text. */
function meant(typed: string, texts: readonly string[]): string {
  const known =
    texts.find(text => text === typed) ??
    texts.find(text => formatText(text) === typed);
  if (known !== undefined) {
    return known;
  }
  try {
    JSON.parse(typed);
    return typed;
  } catch {
    return JSON.stringify(typed);
  }
}

/** A filter as it was kept; what isn't one any more is left out. */
export function readFilter(kept: unknown): IRunFilter {
  if (typeof kept !== 'object' || kept === null) {
    return NO_FILTER;
  }
  const { status, batch, text, where } = kept as Record<string, unknown>;
  return {
    status: RUN_STATUSES.find(known => known === status) ?? null,
    batch: typeof batch === 'number' && batch > 0 ? batch : null,
    text: typeof text === 'string' ? text : '',
    where: Array.isArray(where) ? where.filter(isRule) : []
  };
}

function isRule(value: unknown): value is IValueRule {
  const rule = value as IValueRule | null;
  return (
    typeof rule?.scope === 'string' &&
    typeof rule.name === 'string' &&
    typeof rule.text === 'string'
  );
}
