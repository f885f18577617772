/** Policies as fields of a form. */

import {
  changedPolicies,
  DEFAULTS,
  IPolicies,
  IPolicyField,
  POLICY_FIELDS,
  PolicyName,
  readPolicy,
  showPolicy,
  whyNoEffect
} from '../policyfields';
import { policySummary, policyWords } from '../policywords';
import { english } from './helpers';

function field(name: PolicyName): IPolicyField {
  const found = POLICY_FIELDS.find(one => one.name === name);
  if (found === undefined) {
    throw new Error(`There is no field ${name}.`);
  }
  return found;
}

const read = (name: PolicyName, typed: string) =>
  readPolicy(field(name), typed, english);

const summary = (
  policies: Partial<IPolicies>,
  kind: 'now' | 'once' | 'cron' = 'now'
) => policySummary({ ...DEFAULTS, ...policies }, kind, english, String);

describe('fields of policies', () => {
  it('are all policies, each with words of its own', () => {
    const names = POLICY_FIELDS.map(({ name }) => name);
    expect([...names].sort()).toEqual(Object.keys(DEFAULTS).sort());
    const labels = names.map(name => policyWords(name, english).label);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('read what people type', () => {
    expect(read('run_timeout_s', '1h 30m').value).toBe(5400);
    expect(read('keep_bytes', '2 GB').value).toBe(2e9);
    expect(read('priority', '-5').value).toBe(-5);
    expect(read('retry_backoff', '1.5').value).toBe(1.5);
    expect(read('keep_runs', ' ').value).toBeNull();
    const named = read('preload', 'numpy, sklearn.svm,pandas numpy');
    expect(named.value).toEqual(['numpy', 'sklearn.svm', 'pandas']);
    expect(read('preload', '').value).toEqual([]);
  });

  it('say what is wrong, and give no value', () => {
    const problems = [
      read('run_timeout_s', 'soon'),
      read('run_timeout_s', '0.5s'),
      read('step_retries', '1.5'),
      read('step_retries', '101'),
      read('step_retries', ''),
      read('keep_bytes', '100'),
      read('keep_days', '0'),
      read('preload', 'numpy, scikit-learn')
    ];
    expect(problems.map(({ problem }) => problem)).toEqual([
      'Write a time such as 1h 30m, 45s, or 90 for seconds.',
      'It is from 1s to 366d.',
      'Write a whole number.',
      'It is from 0 to 100.',
      'It can’t be empty.',
      'Write an amount with its unit, such as 500 MB or 2 GB.',
      'It is from 0.0416666666667 to 36600.',
      '“scikit-learn” is no name of a Python module.'
    ]);
    expect(problems.map(({ value }) => value)).toEqual(
      problems.map(() => undefined)
    );
  });

  it('show values so that they can be typed', () => {
    for (const { name, value } of [
      { name: 'run_timeout_s', value: 5400 },
      { name: 'keep_bytes', value: 15e8 },
      { name: 'keep_days', value: 0.5 },
      { name: 'max_batches', value: null }
    ] as const) {
      const typed = showPolicy(field(name), value);
      expect(read(name, typed).value).toBe(value);
    }
  });
});

describe('what has an effect', () => {
  const why = (
    name: PolicyName,
    kind: 'now' | 'once' | 'cron',
    policies: Partial<IPolicies> = {}
  ) => whyNoEffect(name, kind, { ...DEFAULTS, ...policies }, english);

  it('depends on the schedule', () => {
    expect(why('catch_up', 'now')).not.toBe('');
    expect(why('catch_up', 'once')).toBe('');
    expect(why('overlap', 'once')).not.toBe('');
    expect(why('overlap', 'cron')).toBe('');
    expect(why('max_runs', 'now')).toBe('');
  });

  it('depends on other policies', () => {
    expect(why('retry_delay_s', 'now')).not.toBe('');
    expect(why('retry_delay_s', 'now', { step_retries: 1 })).toBe('');
    expect(why('retry_backoff', 'now', { step_retries: 1 })).not.toBe('');
    expect(why('retry_backoff', 'now', { step_retries: 2 })).toBe('');
    expect(why('keep_logs', 'now')).toBe('');
    expect(why('keep_logs', 'now', { keep_runs: null })).not.toBe('');
  });
});

describe('the summary', () => {
  it('is about what differs from the defaults', () => {
    expect(changedPolicies(DEFAULTS)).toEqual([]);
    expect(summary({})).toBe('Everything as usual');
    expect(summary({ preload: [] })).toBe('Everything as usual');
    expect(summary({ preload: ['numpy', 'pandas'] })).toBe(
      'Preload: numpy, pandas'
    );
    expect(
      summary({ run_timeout_s: 5400, step_retries: 2, keep_runs: null })
    ).toBe('Run timeout: 1h 30m · Retries of a step: 2 · Keep runs: no limit');
    expect(summary({ on_step_failure: 'stop', keep_logs: false })).toBe(
      'When a step fails: the run ends at once · Keep logs: no'
    );
  });

  it('is silent about what has no effect', () => {
    expect(summary({ overlap: 'queue' }, 'now')).toBe('Everything as usual');
    expect(summary({ overlap: 'queue' }, 'cron')).toBe(
      'Overlap: waits for their end'
    );
  });
});
