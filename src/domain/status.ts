/** The states of jobs, runs and steps: what ends, what may be done, and their words. */

import { IWords } from './words';

export type JobStatus =
  | 'draft'
  | 'scheduled'
  | 'running'
  | 'paused'
  | 'succeeded'
  | 'failed'
  | 'cancelled';

export type RunStatus =
  'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted';

export type StepStatus = RunStatus | 'skipped';

export type Status = JobStatus | StepStatus;

const ENDED: ReadonlySet<Status> = new Set<Status>([
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
  'skipped'
]);

/** Whether nothing more will happen by itself. */
export function hasEnded(status: Status): boolean {
  return ENDED.has(status);
}

/** Whether something may still be cancelled. */
export function isCancellable(thing: {
  status: Status;
  cancel_requested: boolean;
}): boolean {
  return !hasEnded(thing.status) && !thing.cancel_requested;
}

/** The word of a status. */
export function statusWord(status: Status, trans: IWords): string {
  switch (status) {
    case 'draft':
      return trans.__('Draft');
    case 'scheduled':
      return trans.__('Scheduled');
    case 'running':
      return trans.__('Running');
    case 'paused':
      return trans.__('Paused');
    case 'succeeded':
      return trans.__('Succeeded');
    case 'failed':
      return trans.__('Failed');
    case 'cancelled':
      return trans.__('Cancelled');
    case 'pending':
      return trans.__('Pending');
    case 'interrupted':
      return trans.__('Interrupted');
    case 'skipped':
      return trans.__('Skipped');
  }
}

/** A thing with a state, and what users have asked of it that has not happened yet. */
export interface IStateful {
  readonly status: Status;
  readonly cancel_requested?: boolean;
  /** Of a draft: it starts as soon as its snapshot is taken. */
  readonly start_requested?: boolean;
  /** Of a run that has ended: it is about to be executed again. */
  readonly retry_requested?: boolean;
}

/** Whether it has been asked to begin, and will. */
function isBeginning(thing: IStateful): boolean {
  return (
    (thing.status === 'draft' && thing.start_requested === true) ||
    (hasEnded(thing.status) && thing.retry_requested === true)
  );
}

/** The status as people see it: between a wish and its effect it is the wish that is said. */
export function shownStatus(thing: IStateful, trans: IWords): string {
  if (thing.cancel_requested && !hasEnded(thing.status)) {
    return trans.__('Cancelling…');
  }
  return isBeginning(thing)
    ? trans.__('Starting')
    : statusWord(thing.status, trans);
}

/** The state whose icon goes with the words. */
export function shownIcon(thing: IStateful): Status {
  return isBeginning(thing) ? 'pending' : thing.status;
}

/** Why a run or step ended badly, in words; empty when the status says it all. */
export function causeWord(cause: string | null, trans: IWords): string {
  switch (cause) {
    case 'timeout':
      return trans.__('It took longer than its time limit.');
    case 'kernel_died':
      return trans.__('The kernel died.');
    case 'runner_died':
      return trans.__('The process that carried out the run died.');
    case 'batch_stopped':
      return trans.__('Too many runs of its batch had failed.');
    case 'poisoned':
      return trans.__('The run was given up: its processes died too often.');
    case 'disk_full':
      return trans.__('The disk is full.');
    case 'environment_missing':
      return trans.__(
        'The kernel or program that it needs could not be started.'
      );
    case 'internal_error':
      return trans.__('An error in Orchest Jobs itself. Please report it.');
    default:
      return '';
  }
}
