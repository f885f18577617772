/** One line below the name of a job: schedule, snapshot, pipeline, times. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { JobDetail } from '../../api/types';
import { Moment } from '../../components/time';
import { elapsed, formatDuration } from '../../domain/durations';
import { firingLosses } from '../../domain/history';
import { isRecurring } from '../../domain/permits';
import { choiceWords, policyWords } from '../../domain/policywords';
import { formatBytes } from '../../domain/sizes';
import { uiLocale, useNow } from '../../hooks/clock';
import { IHistoryState } from '../../models/history';

interface ISummaryProps {
  readonly job: JobDetail;
  readonly history: IHistoryState;
  /** Whether the project is not any more as in the snapshot. */
  readonly changed: boolean;
  readonly trans: TranslationBundle;
  readonly onShow: (pane: string) => void;
  readonly onOpenPipeline: () => void;
}

export function JobSummary(props: ISummaryProps): JSX.Element {
  const { job, history, trans, onShow } = props;
  const losses = firingLosses(history.firings, trans);
  const warnings = job.warnings.length + job.snapshot.skipped.length;
  return (
    <dl className="jp-OrchestJobs-facts">
      <Fact name={trans.__('Pipeline')}>
        <button
          className="jp-OrchestJobs-link"
          title={trans.__('Open %1 as it is now', job.pipeline_path)}
          onClick={props.onOpenPipeline}
        >
          {job.pipeline_path}
        </button>
      </Fact>
      {job.schedule.kind !== 'now' && (
        <Fact name={trans.__('Schedule')}>
          {job.schedule.description}
          {losses !== '' && (
            <>
              {' · '}
              <button
                className="jp-OrchestJobs-link"
                title={trans.__('Show what became of its firings')}
                onClick={() => onShow('activity')}
              >
                {losses}
              </button>
            </>
          )}
        </Fact>
      )}
      <Fact name={trans.__('Snapshot')}>
        <button
          className="jp-OrchestJobs-link"
          title={trans.__('Show what is in the snapshot')}
          onClick={() => onShow('snapshot')}
        >
          <SnapshotText job={job} trans={trans} />
        </button>
        {props.changed && ` · ${trans.__('project changed since')}`}
      </Fact>
      <Fact name={trans.__('Time')}>
        <Times job={job} trans={trans} />
      </Fact>
      {(job.batches > 1 || (isRecurring(job) && job.batches > 0)) && (
        <Fact name={trans.__('Batches')}>{job.batches}</Fact>
      )}
      {job.policies.executor === 'dask' && (
        <Fact name={policyWords('executor', trans).label}>
          {choiceWords('executor', 'dask', trans)}
        </Fact>
      )}
      {job.size_bytes > 0 && (
        <Fact name={trans.__('Disk use of its runs')}>
          {formatBytes(job.size_bytes)}
        </Fact>
      )}
      {warnings > 0 && (
        <Fact name={trans.__('Warnings')}>
          <button
            className="jp-OrchestJobs-link"
            onClick={() => onShow('snapshot')}
          >
            {warnings}
          </button>
        </Fact>
      )}
    </dl>
  );
}

export function Fact(props: {
  name: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

function Times(props: {
  job: JobDetail;
  trans: TranslationBundle;
}): JSX.Element {
  const { job, trans } = props;
  // What recurs doesn't run all the time.
  const running =
    job.status === 'running' && job.finished_at === null && job.batches === 1;
  const now = useNow(running ? 1_000 : 60_000);
  const at = job.started_at ?? job.created_at;
  const took =
    running || job.finished_at !== null
      ? elapsed(job.started_at, job.finished_at, now)
      : null;
  return (
    <>
      {job.started_at === null ? trans.__('created') : trans.__('started')}{' '}
      <Moment at={at} now={now} locale={uiLocale()} />
      {took !== null && (
        <>
          {', '}
          {running
            ? trans.__('running for %1', formatDuration(took, trans))
            : trans.__('took %1', formatDuration(took, trans))}
        </>
      )}
    </>
  );
}

/** "yesterday, 32 files, 1.2 MB, a1b2c3d (3 uncommitted files)". */
export function SnapshotText(props: {
  job: JobDetail;
  trans: TranslationBundle;
}): JSX.Element {
  const { job, trans } = props;
  const { status, files, bytes, commit, dirty, taken_at } = job.snapshot;
  const now = useNow(60_000);
  if (status === 'failed') {
    return <>{trans.__('could not be taken')}</>;
  }
  if (status !== 'ready') {
    return (
      <>
        {job.batches > 0
          ? trans.__('a new one is being taken')
          : trans.__('not taken yet')}
      </>
    );
  }
  return (
    <>
      {taken_at !== null && (
        <>
          <Moment at={taken_at} now={now} locale={uiLocale()} />
          {', '}
        </>
      )}
      {trans._n('%1 file', '%1 files', files)}
      {`, ${formatBytes(bytes)}`}
      {commit !== null && (
        <>
          {', '}
          {trans.__('commit')} <code title={commit}>{commit.slice(0, 7)}</code>
          {dirty !== null &&
            dirty > 0 &&
            ` (${trans._n('%1 uncommitted file', '%1 uncommitted files', dirty)})`}
        </>
      )}
    </>
  );
}
