/** What is done with several jobs at once: one question, and one answer for all that failed. */

import { TranslationBundle } from '@jupyterlab/translation';

import { ApiError, toApiError } from '../api/errors';
import { Job, Problem } from '../api/types';
import { JobAct, whyNotJob } from '../domain/permits';
import { formatBytes } from '../domain/sizes';
import { confirm, showRefusal } from './dialogs';
import { IOrchestJobs } from './tokens';

export type ManyAct = Extract<JobAct, 'cancel' | 'delete'>;

/** As many names as a question holds. */
const NAMES = 5;

export function isForMany(act: JobAct): act is ManyAct {
  return act === 'cancel' || act === 'delete';
}

/** What the command is called for several; empty if it is not for several. */
export function manyLabel(
  act: JobAct,
  count: number,
  trans: TranslationBundle
): string {
  return act === 'cancel'
    ? trans._n('Cancel %1 job…', 'Cancel %1 jobs…', count)
    : act === 'delete'
      ? trans._n('Delete %1 job…', 'Delete %1 jobs…', count)
      : '';
}

/** Why it can be done with none of them; empty if with some. */
export function whyNotMany(
  act: JobAct,
  jobs: readonly Job[],
  trans: TranslationBundle
): string {
  if (!isForMany(act)) {
    return trans.__('select one job only');
  }
  if (jobs.some(job => whyNotJob(act, job, trans) === '')) {
    return '';
  }
  return act === 'cancel'
    ? trans.__('they have ended')
    : trans.__('cancel them first');
}

/** Ask once, then do it with all with which it can be done. */
export async function actOnMany(
  act: ManyAct,
  jobs: readonly Job[],
  service: IOrchestJobs
): Promise<void> {
  const { trans } = service;
  const able = jobs.filter(job => whyNotJob(act, job, trans) === '');
  if (able.length === 0 || !(await confirm(question(act, jobs, able, trans)))) {
    return;
  }
  const problems: Problem[] = [];
  for (const job of able) {
    try {
      await (act === 'cancel'
        ? service.jobs.cancel(job.id)
        : service.jobs.delete(job.id));
    } catch (reason) {
      const { message, kind } = toApiError(reason);
      problems.push({
        message: trans.__('“%1”: %2', job.name, message),
        file: null,
        line: null,
        column: null,
        step: null,
        scope: null,
        parameter: null
      });
      if (kind !== 'refused') {
        break; // The others would not get there either.
      }
    }
  }
  if (problems.length > 0) {
    const title =
      act === 'cancel'
        ? trans.__('Not all jobs could be cancelled')
        : trans.__('Not all jobs could be deleted');
    await showRefusal(title, new ApiError('refused', '', { problems }), trans);
  }
}

function question(
  act: ManyAct,
  jobs: readonly Job[],
  able: readonly Job[],
  trans: TranslationBundle
) {
  const count = able.length;
  const left = jobs.length - count;
  const runs = able.reduce((sum, job) => sum + job.runs.total, 0);
  const bytes = able.reduce((sum, job) => sum + job.size_bytes, 0);
  const size = bytes > 0 ? ` (${formatBytes(bytes)})` : '';
  if (act === 'cancel') {
    return {
      title: trans._n('Cancel %1 job?', 'Cancel %1 jobs?', count),
      body: [
        namesOf(able, trans),
        trans.__(
          'Runs that are going on are stopped, the others never start. What has finished stays.'
        ),
        left > 0
          ? trans._n('%1 has ended already.', '%1 have ended already.', left)
          : ''
      ]
        .join(' ')
        .trim(),
      ok: trans._n('Cancel job', 'Cancel jobs', count),
      keep: trans.__('Let them run'),
      loses: true
    };
  }
  return {
    title: trans._n('Delete %1 job?', 'Delete %1 jobs?', count),
    body: [
      namesOf(able, trans),
      runs === 0
        ? trans.__('They have no runs. This can’t be undone.')
        : trans._n(
            '%1 run is deleted with its log and notebooks%2. This can’t be undone.',
            '%1 runs are deleted with their logs and notebooks%2. This can’t be undone.',
            runs,
            size
          ),
      left > 0
        ? trans._n(
            '%1 has not ended and stays: cancel it first.',
            '%1 have not ended and stay: cancel them first.',
            left
          )
        : ''
    ]
      .join(' ')
      .trim(),
    ok: trans.__('Delete'),
    keep: trans.__('Keep'),
    loses: true
  };
}

/** "“A”, “B” and 7 more." */
function namesOf(jobs: readonly Job[], trans: TranslationBundle): string {
  const names = jobs
    .slice(0, NAMES)
    .map(job => trans.__('“%1”', job.name))
    .join(', ');
  const more = jobs.length - NAMES;
  return more > 0
    ? trans._n('%2 and %1 more.', '%2 and %1 more.', more, names)
    : `${names}.`;
}
