import {
  concernsJob,
  concernsRun,
  IJobFacts,
  IRunFacts,
  JobAct,
  RunAct,
  whyNotJob,
  whyNotRun
} from '../permits';
import { JobStatus, RunStatus } from '../status';
import { english } from './helpers';

const JOB_ACTS: JobAct[] = [
  'start',
  'pause',
  'resume',
  'runNow',
  'cancel',
  'duplicate',
  'delete'
];
const RUN_ACTS: RunAct[] = [
  'retry',
  'resume',
  'pin',
  'unpin',
  'cancel',
  'delete'
];

const job = (status: JobStatus, fields: Partial<IJobFacts> = {}) => ({
  status,
  cancel_requested: false,
  start_requested: status !== 'draft',
  schedule: { kind: 'cron' },
  snapshot: { status: 'ready' },
  runs: { pending: 0, running: 0 },
  ...fields
});

const run = (status: RunStatus, fields: Partial<IRunFacts> = {}) => ({
  status,
  cancel_requested: false,
  retry_requested: false,
  pinned: false,
  has_files: true,
  ...fields
});

/** What is shown and can be used. */
const offered = (facts: IJobFacts) =>
  JOB_ACTS.filter(
    act => concernsJob(act, facts) && whyNotJob(act, facts, english) === ''
  );
const offeredRun = (facts: IRunFacts) =>
  RUN_ACTS.filter(
    act => concernsRun(act, facts) && whyNotRun(act, facts, english) === ''
  );

describe('what may be done with a job', () => {
  it.each<[JobStatus, JobAct[]]>([
    ['draft', ['start', 'cancel', 'duplicate', 'delete']],
    ['scheduled', ['pause', 'runNow', 'cancel', 'duplicate']],
    ['running', ['pause', 'runNow', 'cancel', 'duplicate']],
    ['paused', ['resume', 'runNow', 'cancel', 'duplicate']],
    ['succeeded', ['duplicate', 'delete']],
    ['failed', ['duplicate', 'delete']],
    ['cancelled', ['duplicate', 'delete']]
  ])('%s: %j', (status, acts) => {
    expect(offered(job(status))).toEqual(acts);
  });

  it('has no pause for what runs once', () => {
    const once = job('running', { schedule: { kind: 'now' } });
    expect(offered(once)).toEqual(['runNow', 'cancel', 'duplicate']);
    expect(whyNotJob('pause', once, english)).toContain('does not recur');
  });

  it.each<[string, JobAct, IJobFacts, string]>([
    [
      'a draft starts when its snapshot is taken',
      'start',
      job('draft', { snapshot: { status: 'copying' } }),
      'its snapshot is being taken'
    ],
    [
      'and never without one',
      'start',
      job('draft', { snapshot: { status: 'failed' } }),
      'its snapshot could not be taken'
    ],
    [
      'and only once',
      'start',
      job('draft', { start_requested: true }),
      'it was started already'
    ],
    [
      'what is being cancelled is left alone',
      'runNow',
      job('running', { cancel_requested: true }),
      'it is being cancelled'
    ],
    [
      'what runs is not deleted',
      'delete',
      job('cancelled', { runs: { pending: 0, running: 1 } }),
      'cancel it first'
    ],
    [
      'what has ended does not run again',
      'runNow',
      job('failed'),
      'it has ended; duplicate it instead'
    ],
    ['a draft has no batches', 'runNow', job('draft'), 'start it instead'],
    [
      'nor has one that waits for its snapshot',
      'runNow',
      job('draft', { start_requested: true }),
      'it is about to start'
    ],
    ['nothing to resume', 'resume', job('running'), 'it is not paused'],
    ['paused is paused', 'pause', job('paused'), 'it is paused already'],
    ['not yet', 'pause', job('draft'), 'it has not started']
  ])('%s', (_, act, facts, why) => {
    expect(whyNotJob(act, facts, english)).toBe(why);
  });
});

describe('what may be done with a run', () => {
  it.each<[RunStatus, RunAct[]]>([
    ['pending', ['pin', 'cancel']],
    ['running', ['pin', 'cancel']],
    ['succeeded', ['pin', 'delete']],
    ['failed', ['retry', 'resume', 'pin', 'delete']],
    ['cancelled', ['retry', 'resume', 'pin', 'delete']],
    ['interrupted', ['retry', 'resume', 'pin', 'delete']]
  ])('%s: %j', (status, acts) => {
    expect(offeredRun(run(status))).toEqual(acts);
  });

  it('is to unpin what is pinned', () => {
    const pinned = run('succeeded', { pinned: true });
    expect(offeredRun(pinned)).toEqual(['unpin']);
    expect(whyNotRun('pin', pinned, english)).toBe('it is pinned already');
    expect(whyNotRun('unpin', run('failed'), english)).toBe('it is not pinned');
    expect(whyNotRun('delete', pinned, english)).toContain('unpin it first');
  });

  it('is not to resume without files', () => {
    const bare = run('failed', { has_files: false });
    expect(offeredRun(bare)).toEqual(['retry', 'pin', 'delete']);
    expect(whyNotRun('resume', bare, english)).toContain('retry it instead');
  });

  it('waits for what was asked for', () => {
    const again = run('failed', { retry_requested: true });
    expect(offeredRun(again)).toEqual(['pin']);
    expect(whyNotRun('retry', again, english)).toBe('it is about to start');
    const ending = run('running', { cancel_requested: true });
    expect(whyNotRun('cancel', ending, english)).toBe('it is being cancelled');
    expect(whyNotRun('resume', ending, english)).toContain('cancel it first');
  });
});
