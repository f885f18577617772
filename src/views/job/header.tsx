/** Name, state and progress of a job, and what can be done with it. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { JobDetail } from '../../api/types';
import { ActionButton } from '../../components/actionbutton';
import { Notice } from '../../components/notice';
import { PlainBar, ProgressBar } from '../../components/progress';
import { StatusLabel } from '../../components/status';
import { NextFiring } from '../../components/time';
import { concernsJob, JobAct, whyNotJob } from '../../domain/permits';
import { bad, runProgress, snapshotProgress } from '../../domain/progress';
import { hasEnded } from '../../domain/status';
import { uiLocale, useNow } from '../../hooks/clock';
import { IHistoryState } from '../../models/history';
import { IActions } from '../actions';
import { WaitingForCluster } from '../cluster/waiting';
import { JobSummary } from './summary';

interface IHeaderProps {
  readonly job: JobDetail;
  readonly history: IHistoryState;
  /** Whether the project is not any more as in the snapshot. */
  readonly changed: boolean;
  readonly client: IJobsClient;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
  /** Show another part of the tab. */
  readonly onShow: (pane: string) => void;
}

export function JobHeader(props: IHeaderProps): JSX.Element {
  const { job, trans } = props;
  const snapshot = hasEnded(job.status)
    ? null
    : snapshotProgress(job.snapshot, trans);
  return (
    <div className="jp-OrchestJobs-header">
      <div className="jp-OrchestJobs-headerLine">
        <h1 title={job.name}>{job.name}</h1>
        <StatusLabel thing={job} trans={trans} />
        {job.next_firing_at !== null && (
          <Next at={job.next_firing_at} trans={trans} />
        )}
        <Buttons {...props} />
      </div>
      {snapshot !== null && (
        <div className="jp-OrchestJobs-headerLine">
          <span>{snapshot}</span>
          <PlainBar done={job.snapshot.files_done} total={job.snapshot.files} />
        </div>
      )}
      {job.runs.total > 0 && <Progress {...props} />}
      <WaitingForCluster {...props} />
      {job.message !== null && <Notice kind="error">{job.message}</Notice>}
      <JobSummary
        {...props}
        onOpenPipeline={() =>
          props.actions.openFile(job.project, job.pipeline_path)
        }
      />
    </div>
  );
}

function Next(props: { at: string; trans: TranslationBundle }): JSX.Element {
  const now = useNow(10_000);
  return <NextFiring {...props} now={now} locale={uiLocale()} />;
}

function Progress(props: IHeaderProps): JSX.Element {
  const { job, history, actions, trans } = props;
  const { lastBatch } = history;
  const failed = bad(job.runs);
  const firstFailed = job.first_failed_run;
  const again = lastBatch === null ? 0 : bad(lastBatch.runs);
  return (
    <div className="jp-OrchestJobs-headerLine">
      <span className="jp-OrchestJobs-runProgress">
        {runProgress(job.runs, trans)}
      </span>
      <ProgressBar counts={job.runs} />
      {failed > 0 && <span>{trans._n('%1 failed', '%1 failed', failed)}</span>}
      {firstFailed !== null && (
        <button
          className="jp-OrchestJobs-link"
          onClick={() => actions.openRun(firstFailed)}
        >
          {trans.__('First failed run')}
        </button>
      )}
      {lastBatch !== null && again > 0 && (
        <button
          className="jp-OrchestJobs-link"
          title={trans.__(
            'Execute the runs of batch %1 again that went wrong',
            lastBatch.number
          )}
          onClick={() => actions.retryFailed(job.id, lastBatch.number)}
        >
          {job.batches > 1
            ? trans._n(
                'Retry %1 failed run of the last batch…',
                'Retry %1 failed runs of the last batch…',
                again
              )
            : trans._n('Retry %1 failed run…', 'Retry %1 failed runs…', again)}
        </button>
      )}
    </div>
  );
}

function Buttons(props: IHeaderProps): JSX.Element {
  const { job, actions, trans } = props;
  const ended = hasEnded(job.status);
  const draft = job.status === 'draft';
  /** Nothing would be left of it, so it is deleted rather than cancelled. */
  const unstarted = draft && !job.start_requested;
  const labels: [JobAct, string, boolean][] = [
    ['start', trans.__('Start'), true],
    ['runNow', trans.__('Run now'), !draft && !ended],
    ['pause', trans.__('Pause'), true],
    ['resume', trans.__('Resume'), true],
    ['edit', trans.__('Edit…'), !ended],
    ['cancel', trans.__('Cancel job'), !ended && !unstarted],
    ['duplicate', trans.__('Duplicate…'), true],
    ['delete', trans.__('Delete…'), ended || unstarted]
  ];
  return (
    <div className="jp-OrchestJobs-buttons">
      {labels
        .filter(([act, , shown]) => shown && concernsJob(act, job))
        .map(([act, label]) => (
          <ActionButton
            key={act}
            label={label}
            why={whyNotJob(act, job, trans)}
            onClick={() => actions.job(act, job.id)}
          />
        ))}
    </div>
  );
}
