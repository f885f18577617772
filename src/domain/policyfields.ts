/** The policies of a job as fields of a form: their defaults, ranges, and how they are typed. */

import { IWords } from './words';
import { formatAmount, formatSpan, parseBytes, parseSpan } from './spans';

export interface IPolicies {
  readonly catch_up: 'latest' | 'all' | 'skip';
  readonly overlap: 'skip' | 'queue' | 'allow';
  readonly start_at: string | null;
  readonly end_at: string | null;
  readonly max_batches: number | null;
  readonly run_timeout_s: number | null;
  readonly step_timeout_s: number | null;
  readonly step_retries: number;
  readonly retry_delay_s: number;
  readonly retry_backoff: number;
  readonly on_step_failure: 'finish' | 'stop';
  readonly stop_batch_after: number | null;
  readonly max_runs: number | null;
  readonly priority: number;
  readonly resume_interrupted: number;
  readonly freeze_environments: boolean;
  readonly preload: readonly string[];
  readonly executor: 'local' | 'dask';
  readonly keep_runs: number | null;
  readonly keep_days: number | null;
  readonly keep_bytes: number | null;
  readonly keep_logs: boolean;
}

export type PolicyName = keyof IPolicies;
/** Those in `environments` and `place` are set where these are shown. */
export type PolicyGroup =
  'firings' | 'runs' | 'retention' | 'environments' | 'place';
export type PolicyValue = string | number | boolean | null | readonly string[];

export interface IPolicyField {
  readonly name: PolicyName;
  readonly group: PolicyGroup;
  readonly type:
    | 'choice'
    | 'time'
    | 'whole'
    | 'number'
    | 'span'
    | 'bytes'
    | 'flag'
    | 'modules';
  readonly choices?: readonly string[];
  /** Whether it may be empty: no limit. */
  readonly optional?: boolean;
  readonly least?: number;
  readonly most?: number;
}

export const DEFAULTS: IPolicies = {
  catch_up: 'latest',
  overlap: 'skip',
  start_at: null,
  end_at: null,
  max_batches: null,
  run_timeout_s: null,
  step_timeout_s: null,
  step_retries: 0,
  retry_delay_s: 10,
  retry_backoff: 2,
  on_step_failure: 'finish',
  stop_batch_after: null,
  max_runs: null,
  priority: 0,
  resume_interrupted: 0,
  freeze_environments: true,
  preload: [],
  executor: 'local',
  keep_runs: 250,
  keep_days: null,
  keep_bytes: null,
  keep_logs: true
};

const YEAR_S = 366 * 24 * 3600;
const MANY = 1_000_000_000;
const MODULE = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

function whole(
  name: PolicyName,
  group: PolicyGroup,
  least: number,
  most: number
): IPolicyField {
  const optional = DEFAULTS[name] === null || name === 'keep_runs';
  return { name, group, type: 'whole', optional, least, most };
}

/** All of them, in the order of the form. */
export const POLICY_FIELDS: readonly IPolicyField[] = [
  {
    name: 'catch_up',
    group: 'firings',
    type: 'choice',
    choices: ['latest', 'all', 'skip']
  },
  {
    name: 'overlap',
    group: 'firings',
    type: 'choice',
    choices: ['skip', 'queue', 'allow']
  },
  { name: 'start_at', group: 'firings', type: 'time', optional: true },
  { name: 'end_at', group: 'firings', type: 'time', optional: true },
  whole('max_batches', 'firings', 1, MANY),
  {
    name: 'run_timeout_s',
    group: 'runs',
    type: 'span',
    optional: true,
    least: 1,
    most: YEAR_S
  },
  {
    name: 'step_timeout_s',
    group: 'runs',
    type: 'span',
    optional: true,
    least: 1,
    most: YEAR_S
  },
  whole('step_retries', 'runs', 0, 100),
  { name: 'retry_delay_s', group: 'runs', type: 'span', least: 0, most: 3600 },
  { name: 'retry_backoff', group: 'runs', type: 'number', least: 1, most: 100 },
  {
    name: 'on_step_failure',
    group: 'runs',
    type: 'choice',
    choices: ['finish', 'stop']
  },
  whole('stop_batch_after', 'runs', 1, 1_000_000),
  whole('max_runs', 'runs', 1, 10_000),
  whole('priority', 'runs', -100, 100),
  whole('resume_interrupted', 'runs', 0, 3),
  { name: 'freeze_environments', group: 'environments', type: 'flag' },
  { name: 'preload', group: 'runs', type: 'modules', most: 30 },
  {
    name: 'executor',
    group: 'place',
    type: 'choice',
    choices: ['local', 'dask']
  },
  whole('keep_runs', 'retention', 1, MANY),
  {
    name: 'keep_days',
    group: 'retention',
    type: 'number',
    optional: true,
    least: 1 / 24,
    most: 36_600
  },
  {
    name: 'keep_bytes',
    group: 'retention',
    type: 'bytes',
    optional: true,
    least: 1,
    most: 2 ** 53
  },
  { name: 'keep_logs', group: 'retention', type: 'flag' }
];

/** Why a policy has no effect on a job as it is; empty if it has. */
export function whyNoEffect(
  name: PolicyName,
  kind: 'now' | 'once' | 'cron',
  policies: IPolicies,
  trans: IWords
): string {
  switch (name) {
    case 'catch_up':
      return kind === 'now' ? trans.__('for scheduled jobs only') : '';
    case 'overlap':
    case 'start_at':
    case 'end_at':
    case 'max_batches':
      return kind === 'cron' ? '' : trans.__('for recurring jobs only');
    case 'retry_delay_s':
      return policies.step_retries === 0 ? trans.__('without retries') : '';
    case 'retry_backoff':
      return policies.step_retries === 0
        ? trans.__('without retries')
        : policies.step_retries === 1
          ? trans.__('with one retry')
          : '';
    case 'keep_logs': {
      const { keep_runs, keep_days, keep_bytes } = policies;
      return (keep_runs ?? keep_days ?? keep_bytes)
        ? ''
        : trans.__('all runs are kept');
    }
    default:
      return '';
  }
}

export interface ITyped {
  /** Undefined if there is a problem. */
  readonly value: PolicyValue | undefined;
  /** Empty if there is none. */
  readonly problem: string;
}

/** What was typed, as the policy's value; or what is wrong with it. */
export function readPolicy(
  field: IPolicyField,
  typed: string,
  trans: IWords
): ITyped {
  const text = typed.trim();
  if (field.type === 'modules') {
    return readModules(text, field.most ?? Infinity, trans);
  }
  if (text === '') {
    return field.optional === true
      ? { value: null, problem: '' }
      : refused(trans.__('It can’t be empty.'));
  }
  const { least = -Infinity, most = Infinity } = field;
  const value = amountOf(field, text);
  if (value === null) {
    return refused(wanted(field, trans));
  }
  return value < least || value > most
    ? refused(
        trans.__(
          'It is from %1 to %2.',
          showAmount(field, least),
          showAmount(field, most)
        )
      )
    : { value, problem: '' };
}

/** The text of a value as it may be typed. */
export function showPolicy(field: IPolicyField, value: PolicyValue): string {
  return typeof value === 'number'
    ? showAmount(field, value)
    : Array.isArray(value)
      ? value.join(', ')
      : String(value ?? '');
}

/** Whether two values of a policy are the same. */
export function isSamePolicy(one: PolicyValue, other: PolicyValue): boolean {
  return Array.isArray(one) && Array.isArray(other)
    ? one.length === other.length && one.every((name, at) => name === other[at])
    : one === other;
}

/** The policies that differ from their defaults, in the order of the form. */
export function changedPolicies(policies: IPolicies): IPolicyField[] {
  return POLICY_FIELDS.filter(
    ({ name }) => !isSamePolicy(policies[name], DEFAULTS[name])
  );
}

function readModules(text: string, most: number, trans: IWords): ITyped {
  const names = [...new Set(text.split(/[\s,]+/).filter(name => name !== ''))];
  const wrong = names.find(name => !MODULE.test(name));
  return wrong !== undefined
    ? refused(trans.__('“%1” is no name of a Python module.', wrong))
    : names.length > most
      ? refused(trans.__('These are more than %1 modules.', String(most)))
      : { value: names, problem: '' };
}

function refused(problem: string): ITyped {
  return { value: undefined, problem };
}

function amountOf({ type }: IPolicyField, text: string): number | null {
  switch (type) {
    case 'span':
      return parseSpan(text);
    case 'bytes':
      return parseBytes(text);
    case 'whole':
      return /^[-+]?\d+$/.test(text) ? Number(text) : null;
    default:
      return /^[-+]?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
  }
}

function wanted({ type }: IPolicyField, trans: IWords): string {
  switch (type) {
    case 'span':
      return trans.__('Write a time such as 1h 30m, 45s, or 90 for seconds.');
    case 'bytes':
      return trans.__('Write an amount with its unit, such as 500 MB or 2 GB.');
    case 'whole':
      return trans.__('Write a whole number.');
    default:
      return trans.__('Write a number, such as 2 or 1.5.');
  }
}

function showAmount({ type }: IPolicyField, value: number): string {
  return type === 'span'
    ? formatSpan(value)
    : type === 'bytes'
      ? formatAmount(value)
      : String(Number(value.toPrecision(12)));
}
