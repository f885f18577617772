/** One job in the list. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Job } from '../../api/types';
import { PlainBar, ProgressBar } from '../../components/progress';
import { StatusIcon } from '../../components/status';
import { Moment, NextFiring } from '../../components/time';
import { bad, runProgress, snapshotProgress } from '../../domain/progress';
import { hasEnded, shownIcon, shownStatus } from '../../domain/status';

export interface IJobRowProps {
  readonly job: Job;
  readonly selected: boolean;
  readonly focusable: boolean;
  readonly now: number;
  readonly locale: string;
  readonly trans: TranslationBundle;
  readonly onSelect: (id: string) => void;
  readonly onOpen: (id: string) => void;
}

/** Rendered again only for a job that changed, or when the clock ticks. */
export const JobRow = React.memo(function JobRow(
  props: IJobRowProps
): JSX.Element {
  const { job, selected, focusable, trans, onSelect, onOpen } = props;
  const failed = bad(job.runs);
  const { total } = job.runs;
  // A recurring job has runs already while another snapshot is taken for the next ones.
  const snapshot =
    hasEnded(job.status) || total > 0
      ? null
      : snapshotProgress(job.snapshot, trans);
  const waits = job.status === 'scheduled';
  return (
    <li
      className="jp-OrchestJobs-job"
      role="option"
      aria-selected={selected}
      tabIndex={focusable ? 0 : -1}
      data-job-id={job.id}
      onClick={() => {
        onSelect(job.id);
        onOpen(job.id);
      }}
      onContextMenu={() => onSelect(job.id)}
    >
      <StatusIcon status={shownIcon(job)} />
      <span className="jp-OrchestJobs-jobName" title={job.name}>
        {job.name}
      </span>
      <span className="jp-OrchestJobs-jobProgress">
        {total > 0 && runProgress(job.runs, trans)}
      </span>
      <span className="jp-OrchestJobs-jobDetails">
        <span>{shownStatus(job, trans)}</span>
        {failed > 0 && (
          <span className="jp-OrchestJobs-jobFailed">
            {trans._n('%1 failed', '%1 failed', failed)}
          </span>
        )}
        <Next {...props} />
        {!waits && <JobTime {...props} />}
      </span>
      <span className="jp-OrchestJobs-jobPipeline" title={job.pipeline_path}>
        {job.pipeline_path}
      </span>
      {job.schedule.kind !== 'now' && (
        <span
          className="jp-OrchestJobs-jobPipeline"
          title={job.schedule.description}
        >
          {job.schedule.description}
        </span>
      )}
      {snapshot !== null ? (
        <span className="jp-OrchestJobs-jobBar">
          <span>{snapshot}</span>
          <PlainBar done={job.snapshot.files_done} total={job.snapshot.files} />
        </span>
      ) : (
        total > 0 && (
          <span className="jp-OrchestJobs-jobBar">
            <ProgressBar counts={job.runs} />
          </span>
        )
      )}
    </li>
  );
});

function Next(props: IJobRowProps): JSX.Element | null {
  const { job, now, locale, trans } = props;
  return job.next_firing_at === null ? null : (
    <NextFiring
      at={job.next_firing_at}
      now={now}
      locale={locale}
      trans={trans}
    />
  );
}

function JobTime(props: IJobRowProps): JSX.Element {
  const { job, now, locale } = props;
  const at = job.finished_at ?? job.started_at ?? job.created_at;
  return <Moment at={at} now={now} locale={locale} />;
}
