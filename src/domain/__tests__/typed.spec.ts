/** What people type: spans, amounts, filters, expressions, variables. */

import { CRON_KINDS, cronOf, presetOf } from '../cronpresets';
import { labelOf, parseFilter, proposals } from '../gridfilter';
import { formatAmount, formatSpan, parseBytes, parseSpan } from '../spans';
import { parseEnv, soundsSecret, whyNotName } from '../variables';
import { fromLocal, soon, toLocal, zones } from '../wallclock';
import { english } from './helpers';

describe('spans of time', () => {
  it.each([
    ['90', 90],
    ['1h 30m', 5400],
    ['1h30m', 5400],
    ['1.5 hours', 5400],
    ['2 d', 172_800],
    ['0.5s', 0.5],
    ['10 min', 600],
    ['', null],
    ['1h x', null],
    ['1 fortnight', null],
    ['-5', null],
    ['h', null],
    ['5 mx', null],
    ['5 30', null]
  ])('reads %p as %p', (text, seconds) => {
    expect(parseSpan(text)).toBe(seconds);
  });

  it('comes back as it was written', () => {
    for (const seconds of [0, 0.5, 1, 59, 60, 61, 3600, 5400, 90_061.25]) {
      expect(parseSpan(formatSpan(seconds))).toBe(seconds);
    }
    expect(formatSpan(5400)).toBe('1h 30m');
    expect(formatSpan(0)).toBe('0s');
  });
});

describe('amounts of data', () => {
  it.each([
    ['500 MB', 5e8],
    ['1.5GB', 15e8],
    ['2 GiB', 2 ** 31],
    ['7 kb', 7000],
    ['12 B', 12],
    ['500', null],
    ['MB', null],
    ['1 XB', null]
  ])('reads %p as %p', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it('comes back as it was written, exactly', () => {
    for (const bytes of [1, 999, 1500, 5e8, 1_234_567, 2 ** 31, 15e11]) {
      expect(parseBytes(formatAmount(bytes))).toBe(bytes);
    }
    expect(formatAmount(15e8)).toBe('1.5 GB');
    expect(formatAmount(1_234_567)).toBe('1234.567 kB');
  });
});

const SEED = {
  scope: 'pipeline_parameters',
  scope_title: 'train',
  name: 'seed',
  texts: ['1', '1.0', '10']
};
const MODEL = {
  scope: 's1',
  scope_title: 'Fit',
  name: 'model',
  texts: ['"ridge"', '"lasso"', '"a, b"', '[1, 2]']
};
const OTHER_SEED = {
  scope: 's1',
  scope_title: 'Fit',
  name: 'seed',
  texts: ['7', '8']
};
const LISTS = [SEED, MODEL];

describe('the filter of a grid', () => {
  const rulesOf = (typed: string, lists = LISTS) =>
    parseFilter(typed, lists, english).rules.map(
      ({ scope, name, text }) => `${scope}/${name}=${text}`
    );

  it('takes text as it is', () => {
    expect(parseFilter(' ridge ', LISTS, english)).toEqual({
      text: 'ridge',
      rules: [],
      problem: ''
    });
  });

  it('reads values with or without quotes, and numbers exactly', () => {
    expect(rulesOf('model = ridge')).toEqual(['s1/model="ridge"']);
    expect(rulesOf('model="ridge"')).toEqual(['s1/model="ridge"']);
    expect(rulesOf('seed = 1')).toEqual(['pipeline_parameters/seed=1']);
    expect(rulesOf('SEED = 1.0')).toEqual(['pipeline_parameters/seed=1.0']);
    expect(rulesOf('model = [1, 2]')).toEqual(['s1/model=[1, 2]']);
    expect(rulesOf('model = "a, b"')).toEqual(['s1/model="a, b"']);
  });

  it('takes the values that begin so while one is typed', () => {
    expect(rulesOf('model = la')).toEqual(['s1/model="lasso"']);
    expect(parseFilter('model = ', LISTS, english)).toEqual({
      text: '',
      rules: [],
      problem: ''
    });
  });

  it('joins several with commas', () => {
    const parsed = parseFilter('seed=1, seed=10, las', LISTS, english);
    expect(parsed.rules.map(rule => rule.text)).toEqual(['1', '10']);
    expect(parsed.text).toBe('las');
  });

  it('says what it does not understand', () => {
    expect(parseFilter('sed = 1', LISTS, english).problem).toBe(
      'There is no parameter “sed”.'
    );
    expect(parseFilter('seed = 5', LISTS, english).problem).toBe(
      '“seed” has no value 5.'
    );
  });

  it('wants the scope of a name that two scopes have', () => {
    const lists = [SEED, OTHER_SEED];
    expect(parseFilter('seed = 7', lists, english).problem).toBe(
      'Which “seed”? Write “train: seed”, “Fit: seed”.'
    );
    expect(rulesOf('Fit: seed = 7', lists)).toEqual(['s1/seed=7']);
    expect(labelOf(SEED, lists)).toBe('train: seed');
    expect(labelOf(SEED, LISTS)).toBe('seed');
  });

  it('proposes names, then values', () => {
    expect(proposals('', LISTS)).toEqual(['seed = ', 'model = ']);
    expect(proposals('mo', LISTS)).toEqual(['model = ']);
    expect(proposals('model = r', LISTS)).toEqual(['model = ridge']);
    expect(proposals('seed = 1,mo', LISTS)).toEqual(['seed = 1, model = ']);
  });
});

describe('presets of schedules', () => {
  it('reads what it writes', () => {
    for (const kind of CRON_KINDS.filter(one => one !== 'custom')) {
      const preset = { kind, time: '09:30', weekday: 3, day: 4, month: 5 };
      const cron = cronOf(preset);
      expect(presetOf(cron ?? '').kind).toBe(kind);
      expect(cronOf(presetOf(cron ?? ''))).toBe(cron);
    }
  });

  it.each([
    ['0 0 * * *', 'daily', '00:00'],
    ['@daily', 'daily', '00:00'],
    ['30 2 * * mon-fri', 'weekdays', '02:30'],
    ['05 09 * * 7', 'weekly', '09:05'],
    ['5 * * * *', 'hourly', '00:05']
  ])('knows %p', (cron, kind, time) => {
    expect(presetOf(cron)).toMatchObject({ kind, time });
  });

  it.each(['', '* * * *', '0 9 * * 1,2', '0 25 * * *', '0 9 1 * 1', 'x'])(
    'leaves %p to the expression',
    cron => {
      expect(presetOf(cron).kind).toBe('custom');
      expect(cronOf(presetOf(cron))).toBeNull();
    }
  );
});

describe('the clock on the wall', () => {
  it('comes back as it was picked', () => {
    const iso = fromLocal('2027-05-06T07:08');
    expect(toLocal(iso ?? '')).toBe('2027-05-06T07:08');
    expect(fromLocal('')).toBeNull();
  });

  it('proposes a full hour that is to come', () => {
    const now = Date.parse('2026-11-22T12:45:10Z');
    expect(toLocal(soon(now))).toMatch(/:00$/);
    expect(Date.parse(soon(now)) - now).toBeGreaterThan(30 * 60_000);
  });

  it('has the chosen zone among the others, each once', () => {
    const names = zones('Europe/Amsterdam');
    expect(names).toContain('Europe/Amsterdam');
    expect(names.slice(0, 3)).toContain('UTC');
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('environment variables', () => {
  it('says what can not be a name', () => {
    expect(whyNotName('GOOD_1', [], english)).toBe('');
    expect(whyNotName('', [], english)).toContain('needs a name');
    expect(whyNotName('1A', [], english)).toContain('letters, digits');
    expect(whyNotName('A-B', [], english)).toContain('letters, digits');
    expect(whyNotName('ORCHEST_X', [], english)).toContain('product itself');
    expect(whyNotName('A', ['A'], english)).toContain('already');
  });

  it('hears which are secret', () => {
    expect(soundsSecret('DB_PASSWORD')).toBe(true);
    expect(soundsSecret('GITHUB_TOKEN')).toBe(true);
    expect(soundsSecret('KEYBOARD')).toBe(false);
  });

  it('reads lines of a .env file', () => {
    const text =
      '# comment\nexport A=1\nB = "two\\nlines"\r\nC=\'it # stays\'\nD=x # gone\nE=';
    expect(parseEnv(text)).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: 'two\nlines' },
      { name: 'C', value: 'it # stays' },
      { name: 'D', value: 'x' },
      { name: 'E', value: '' }
    ]);
    expect(parseEnv('just text')).toBeNull();
    expect(parseEnv('A=1\njust text')).toBeNull();
  });
});
