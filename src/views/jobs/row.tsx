/** One job in the list. */

import { ellipsesIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { Job } from '../../api/types';
import { PlainBar, ProgressBar } from '../../components/progress';
import { StatusIcon } from '../../components/status';
import { Moment, NextFiring } from '../../components/time';
import { bad, runProgress, snapshotProgress } from '../../domain/progress';
import { hasEnded, shownIcon, shownStatus } from '../../domain/status';
import { ILinePlace } from './grouprow';

export interface IJobRowProps extends ILinePlace {
  readonly job: Job;
  /** Its place among the jobs of its project, from 1. */
  readonly place: number;
  readonly of: number;
  readonly selected: boolean;
  readonly now: number;
  readonly locale: string;
}

/** Rendered again only for a job that changed, or when the clock ticks. */
export const JobRow = React.memo(function JobRow(
  props: IJobRowProps
): JSX.Element {
  const { id, index, top, current, measure, job, selected, trans } = props;
  const failed = bad(job.runs);
  const { total } = job.runs;
  const { description, kind } = job.schedule;
  return (
    <div
      ref={measure}
      id={id}
      data-index={index}
      data-current={current || undefined}
      data-job-id={job.id}
      className="jp-OrchestJobs-job"
      role="treeitem"
      aria-level={2}
      aria-posinset={props.place}
      aria-setsize={props.of}
      aria-selected={selected}
      style={{ transform: `translateY(${top}px)` }}
    >
      <StatusIcon status={shownIcon(job)} />
      <span className="jp-OrchestJobs-jobName" title={job.name}>
        {job.name}
      </span>
      <span className="jp-OrchestJobs-jobProgress">
        {total > 0 && runProgress(job.runs, trans)}
      </span>
      <button
        type="button"
        className="jp-OrchestJobs-iconButton jp-OrchestJobs-jobMenu"
        data-menu
        tabIndex={-1}
        aria-haspopup="menu"
        aria-label={trans.__('More for %1', job.name)}
        title={trans.__('What can be done with this job')}
      >
        <ellipsesIcon.react tag="span" />
      </button>
      <span className="jp-OrchestJobs-jobDetails">
        <span data-whole>{shownStatus(job, trans)}</span>
        {failed > 0 && (
          <span className="jp-OrchestJobs-jobFailed" data-whole>
            {trans._n('%1 failed', '%1 failed', failed)}
          </span>
        )}
        <Next {...props} />
        {job.status !== 'scheduled' && <JobTime {...props} />}
      </span>
      <span className="jp-OrchestJobs-jobDetails">
        <span title={job.pipeline_path}>{job.pipeline_path}</span>
        {kind !== 'now' && <span title={description}>{description}</span>}
      </span>
      <Bar {...props} />
    </div>
  );
});

/** How far the snapshot is, or the runs. */
function Bar({ job, trans }: IJobRowProps): JSX.Element | null {
  const { total } = job.runs;
  // A recurring job has runs already while another snapshot is taken for the next ones.
  const snapshot =
    hasEnded(job.status) || total > 0
      ? null
      : snapshotProgress(job.snapshot, trans);
  if (snapshot === null && total === 0) {
    return null;
  }
  const { files_done: done, files } = job.snapshot;
  return (
    <span className="jp-OrchestJobs-jobBar">
      {snapshot !== null && <span>{snapshot}</span>}
      {snapshot !== null ? (
        <PlainBar done={done} total={files} />
      ) : (
        <ProgressBar counts={job.runs} />
      )}
    </span>
  );
}

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
