import { elapsed, formatDuration } from '../durations';
import { formatBytes } from '../sizes';
import {
  causeWord,
  hasEnded,
  isCancellable,
  shownStatus,
  Status,
  statusWord
} from '../status';
import { exactTime, relativeTime } from '../times';
import { formatNumber, formatValue } from '../values';
import { english } from './helpers';

describe('durations', () => {
  it.each([
    [0.04, '0.0 s'],
    [4.13, '4.1 s'],
    [4, '4 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 m 0 s'],
    [72, '1 m 12 s'],
    [3599.7, '1 h 0 m'],
    [11_100, '3 h 5 m'],
    [86_370, '1 d 0 h'],
    [187_200, '2 d 4 h']
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds, english)).toBe(text);
  });

  it('say nothing of what has not begun', () => {
    expect(formatDuration(elapsed(null, null, 0), english)).toBe('');
  });

  it('go on until now, and are never negative', () => {
    const start = '2026-11-22T12:00:00.000Z';
    expect(elapsed(start, null, Date.parse(start) + 1500)).toBe(1);
    expect(elapsed(start, null, Date.parse(start) - 1500)).toBe(0);
    expect(elapsed(start, '2026-11-22T12:01:00.000Z', 0)).toBe(60);
  });
});

describe('times', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');

  it.each([
    ['2026-11-22T11:59:55Z', 'now'],
    ['2026-11-22T12:00:05Z', 'now'],
    ['2026-11-22T11:59:30Z', '30 seconds ago'],
    ['2026-11-22T11:58:01Z', '1 minute ago'],
    ['2026-11-22T09:00:00Z', '3 hours ago'],
    ['2026-11-21T11:00:00Z', 'yesterday'],
    ['2026-11-22T14:30:00Z', 'in 2 hours']
  ])('%s is %s', (iso, text) => {
    expect(relativeTime(iso, now, 'en')).toBe(text);
  });

  it('come in the language of the interface', () => {
    expect(relativeTime('2026-11-21T11:00:00Z', now, 'de')).toBe('gestern');
  });

  it('are exact to the second', () => {
    expect(exactTime('2026-11-22T11:59:31Z', 'en')).toMatch(/59:31/);
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_234, '1.2 kB'],
    [9_960, '10 kB'],
    [999_999, '1.0 MB'],
    [34_000_000_000, '34 GB']
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('values', () => {
  it.each<[unknown, string]>([
    ['ridge', 'ridge'],
    ['1', '"1"'],
    [1, '1'],
    ['true', '"true"'],
    [true, 'true'],
    ['', '""'],
    [' a', '" a"'],
    ['a\nb', 'a b'],
    [[1, 'x'], '[1,"x"]'],
    [{ a: null }, '{"a":null}'],
    [null, 'null'],
    [undefined, '']
  ])('%j is shown as %s', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  it('show metrics with six digits at most', () => {
    expect(formatNumber(0.123456789)).toBe('0.123457');
    expect(formatNumber(123456789)).toBe('123456789');
    expect(formatNumber(undefined)).toBe('');
  });
});

describe('states', () => {
  const ALL: Status[] = [
    'draft',
    'scheduled',
    'running',
    'paused',
    'pending',
    'succeeded',
    'failed',
    'cancelled',
    'interrupted',
    'skipped'
  ];

  it('each have a word of their own', () => {
    const words = new Set(ALL.map(status => statusWord(status, english)));
    expect(words.size).toBe(ALL.length);
    expect(words).not.toContain(undefined);
  });

  it('end or go on', () => {
    expect(ALL.filter(status => !hasEnded(status))).toEqual([
      'draft',
      'scheduled',
      'running',
      'paused',
      'pending'
    ]);
  });

  it('tell of a wish to cancel until it has come true', () => {
    const thing = { status: 'running' as Status, cancel_requested: true };
    expect(shownStatus(thing, english)).toBe('Cancelling…');
    expect(isCancellable(thing)).toBe(false);
    expect(shownStatus({ ...thing, status: 'succeeded' }, english)).toBe(
      'Succeeded'
    );
  });

  it('need no reason when the state is the reason', () => {
    expect(causeWord('step_failed', english)).toBe('');
    expect(causeWord('cancelled', english)).toBe('');
    expect(causeWord('kernel_died', english)).toBe('The kernel died.');
  });
});
