import {
  attemptWord,
  firingLosses,
  FiringOutcome,
  outcomeIcon,
  outcomeWord
} from '../history';
import { runTime } from '../durations';
import { stepOrigin } from '../steps';
import { shownIcon, shownStatus } from '../status';
import { comingTime } from '../times';
import { english } from './helpers';

const OUTCOMES: FiringOutcome[] = ['fired', 'queued', 'skipped', 'missed'];

describe('firings', () => {
  it('have words and icons of their own', () => {
    const words = OUTCOMES.map(outcome => outcomeWord(outcome, english));
    expect(words).toEqual(['Started', 'Waiting', 'Skipped', 'Missed']);
    expect(new Set(OUTCOMES.map(outcomeIcon)).size).toBe(4);
  });

  it('are counted where nothing came of them', () => {
    const firing = (outcome: FiringOutcome, count: number) => ({
      outcome,
      count
    });
    expect(firingLosses([firing('fired', 1)], english)).toBe('');
    expect(
      firingLosses(
        [firing('missed', 999), firing('fired', 1), firing('missed', 1)],
        english
      )
    ).toBe('1000 missed');
    expect(
      firingLosses([firing('skipped', 2), firing('missed', 3)], english)
    ).toBe('2 skipped, 3 missed');
  });

  it.each([
    ['2026-11-22T23:30:00', '11:30 PM'],
    ['2026-11-23T02:30:00', 'tomorrow 2:30 AM'],
    ['2026-11-27T02:30:00', 'Friday 2:30 AM'],
    ['2026-12-24T02:30:00', 'Dec 24, 2026 2:30 AM']
  ])('to come: %s is %s', (local, text) => {
    const now = Date.parse('2026-11-22T12:00:00');
    const at = new Date(local).toISOString();
    const said = comingTime(at, now, 'en').replace(/\u202f/g, ' ');
    expect(said).toBe(text);
  });
});

describe('wishes', () => {
  const draft = { status: 'draft', start_requested: true } as const;
  const again = { status: 'failed', retry_requested: true } as const;

  it('are said until they have come true', () => {
    expect(shownStatus(draft, english)).toBe('Starting');
    expect(shownStatus(again, english)).toBe('Starting');
    expect(shownStatus({ ...draft, start_requested: false }, english)).toBe(
      'Draft'
    );
    expect(shownStatus({ ...again, status: 'running' }, english)).toBe(
      'Running'
    );
    expect(shownStatus({ ...draft, cancel_requested: true }, english)).toBe(
      'Cancelling…'
    );
  });

  it('have the icon of what has not begun', () => {
    expect(shownIcon(draft)).toBe('pending');
    expect(shownIcon(again)).toBe('pending');
    expect(shownIcon({ status: 'failed' })).toBe('failed');
  });
});

describe('attempts', () => {
  it('say where they began', () => {
    const kinds = ['first', 'retry', 'resume'] as const;
    expect(kinds.map(kind => attemptWord(kind, english))).toEqual([
      'First',
      'From the beginning',
      'From the failed step'
    ]);
  });

  it('take no time while they wait', () => {
    const started_at = '2026-11-22T12:00:00.000Z';
    const now = Date.parse(started_at) + 5_000;
    const run = { started_at, finished_at: null };
    expect(runTime({ ...run, status: 'running' }, now)).toBe(5);
    expect(runTime({ ...run, status: 'pending' }, now)).toBeNull();
  });

  it('carry steps over, and try them several times', () => {
    const step = {
      status: 'succeeded',
      attempt: 1,
      tries: 1,
      max_tries: 3
    } as const;
    expect(stepOrigin(step, 1, english)).toBe('');
    expect(stepOrigin(step, 3, english)).toBe('from attempt 1');
    expect(stepOrigin({ ...step, attempt: 0 }, 3, english)).toBe('');
    expect(stepOrigin({ ...step, tries: 2 }, 1, english)).toBe('try 2 of 3');
    expect(
      stepOrigin({ ...step, status: 'running', tries: 3 }, 1, english)
    ).toBe('try 3 of 3');
    // Of a run that waits for its next attempt, the failed step is still the old one.
    expect(stepOrigin({ ...step, status: 'failed' }, 2, english)).toBe('');
  });
});
