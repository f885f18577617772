/** What may be done with a job or a run, and if not: why, in words for people. */

import { hasEnded, JobStatus, RunStatus } from './status';
import { IWords } from './words';

export interface IJobFacts {
  readonly status: JobStatus;
  readonly cancel_requested: boolean;
  readonly start_requested: boolean;
  readonly schedule: { readonly kind: string };
  readonly snapshot: { readonly status: string };
  readonly runs: { readonly pending: number; readonly running: number };
}

export type JobAct =
  | 'start'
  | 'pause'
  | 'resume'
  | 'runNow'
  | 'edit'
  | 'cancel'
  | 'duplicate'
  | 'delete';

export interface IRunFacts {
  readonly status: RunStatus;
  readonly cancel_requested: boolean;
  readonly retry_requested: boolean;
  readonly pinned: boolean;
  readonly has_files: boolean;
}

export type RunAct = 'retry' | 'resume' | 'pin' | 'unpin' | 'cancel' | 'delete';

/** Whether it fires again and again. */
export function isRecurring(job: IJobFacts): boolean {
  return job.schedule.kind === 'cron';
}

/** Whether an act is anything for a job like this at all; if not, it isn't even shown. */
export function concernsJob(act: JobAct, job: IJobFacts): boolean {
  const { status } = job;
  switch (act) {
    case 'start':
      return status === 'draft';
    case 'pause':
      return isRecurring(job) && ['scheduled', 'running'].includes(status);
    case 'resume':
      return status === 'paused';
    case 'edit':
      return isRecurring(job) && status !== 'draft';
    case 'runNow':
    case 'cancel':
    case 'duplicate':
    case 'delete':
      return true;
  }
}

/** Why something can't be done with a job now; empty if it can. */
export function whyNotJob(act: JobAct, job: IJobFacts, trans: IWords): string {
  const { status, snapshot } = job;
  if (act === 'duplicate') {
    return '';
  }
  if (act === 'delete') {
    return whyNotDelete(job, trans);
  }
  if (hasEnded(status)) {
    return act === 'cancel'
      ? trans.__('it has ended')
      : trans.__('it has ended; duplicate it instead');
  }
  if (job.cancel_requested) {
    return trans.__('it is being cancelled');
  }
  switch (act) {
    case 'start':
      if (status !== 'draft' || job.start_requested) {
        return trans.__('it was started already');
      }
      return snapshot.status === 'ready'
        ? ''
        : snapshot.status === 'failed'
          ? trans.__('its snapshot could not be taken')
          : trans.__('its snapshot is being taken');
    case 'pause':
      return !isRecurring(job)
        ? trans.__('it does not recur; cancel it instead')
        : status === 'paused'
          ? trans.__('it is paused already')
          : status === 'draft'
            ? trans.__('it has not started')
            : '';
    case 'resume':
      return status === 'paused' ? '' : trans.__('it is not paused');
    case 'runNow':
      return status !== 'draft'
        ? ''
        : job.start_requested
          ? trans.__('it is about to start')
          : trans.__('start it instead');
    case 'edit':
      return isRecurring(job)
        ? ''
        : trans.__('it does not recur; duplicate it instead');
    case 'cancel':
      return '';
  }
}

function whyNotDelete(job: IJobFacts, trans: IWords): string {
  const busy = job.runs.pending + job.runs.running > 0;
  return busy || (job.status !== 'draft' && !hasEnded(job.status))
    ? trans.__('cancel it first')
    : '';
}

/** Whether an act is anything for a run like this at all. */
export function concernsRun(act: RunAct, run: IRunFacts): boolean {
  return act === 'pin' ? !run.pinned : act === 'unpin' ? run.pinned : true;
}

/** Why something can't be done with a run now; empty if it can. */
export function whyNotRun(act: RunAct, run: IRunFacts, trans: IWords): string {
  const ended = hasEnded(run.status);
  switch (act) {
    case 'pin':
      return run.pinned ? trans.__('it is pinned already') : '';
    case 'unpin':
      return run.pinned ? '' : trans.__('it is not pinned');
    case 'cancel':
      return ended
        ? trans.__('it has ended')
        : run.cancel_requested
          ? trans.__('it is being cancelled')
          : '';
    case 'delete':
      return !ended
        ? trans.__('it has not ended; cancel it first')
        : run.retry_requested
          ? trans.__('it is about to start')
          : run.pinned
            ? trans.__('it is pinned; unpin it first')
            : '';
    case 'retry':
    case 'resume':
      if (!ended) {
        return trans.__('it has not ended; cancel it first');
      }
      if (run.retry_requested) {
        return trans.__('it is about to start');
      }
      if (run.status === 'succeeded') {
        return trans.__('all of its steps have succeeded');
      }
      return act === 'resume' && !run.has_files
        ? trans.__('its files are gone; retry it instead')
        : '';
  }
}
