import {
  NO_FILTER,
  readCondition,
  readFilter,
  ruleLabel,
  withoutRule,
  withRule
} from '../runfilter';
import { english as words } from './helpers';

const seed = { scope: 's1', name: 'seed', label: 'Load: seed', texts: ['1'] };
const other = { scope: 's2', name: 'seed', label: 'Fit: seed', texts: ['1'] };
const alpha = {
  scope: 's2',
  name: 'alpha',
  label: 'alpha',
  texts: ['0.1', '1.0', '"1"', '"a b"']
};
const all = [seed, other, alpha];

describe('readCondition', () => {
  it.each([
    ['alpha = 1.0', 's2', 'alpha', '1.0'],
    ['alpha=1', 's2', 'alpha', '1'],
    ['alpha = "1"', 's2', 'alpha', '"1"'],
    ['alpha = a b', 's2', 'alpha', '"a b"'],
    ['alpha = true', 's2', 'alpha', 'true'],
    ['alpha = {"a": "b=c"}', 's2', 'alpha', '{"a": "b=c"}'],
    ['Fit: seed = 3', 's2', 'seed', '3']
  ])('%s', (typed, scope, name, text) => {
    expect(readCondition(typed, all, words)).toEqual({
      rule: { scope, name, text },
      problem: ''
    });
  });

  it.each([
    ['beta = 1', 'There is no parameter “beta”.'],
    ['alpha =', 'Write a value after the =.'],
    [
      'seed = 1',
      'Several parameters are called so. Write one of: Load: seed, Fit: seed'
    ]
  ])('%s: %s', (typed, problem) => {
    expect(readCondition(typed, all, words)).toEqual({ rule: null, problem });
  });

  it('leaves text alone', () => {
    expect(readCondition('alpha', all, words)).toEqual({
      rule: null,
      problem: ''
    });
  });
});

describe('a filter', () => {
  const rule = { scope: 's2', name: 'alpha', text: '"a b"' };

  it('has a rule once', () => {
    const filter = withRule(withRule(NO_FILTER, rule), rule);
    expect(filter.where).toEqual([rule]);
    expect(withoutRule(filter, rule)).toEqual(NO_FILTER);
  });

  it('says its rules as they are typed', () => {
    expect(ruleLabel(rule, all)).toBe('alpha = a b');
    expect(ruleLabel({ ...rule, scope: 'gone' }, all)).toBe('alpha = a b');
  });

  it('is what was kept, as far as it makes sense', () => {
    const filter = { status: 'failed', batch: 2, text: 'x', where: [rule] };
    expect(readFilter(JSON.parse(JSON.stringify(filter)))).toEqual(filter);
    expect(readFilter({ status: 1, batch: -1, where: [{}] })).toEqual(
      NO_FILTER
    );
    expect(readFilter(undefined)).toEqual(NO_FILTER);
  });
});
