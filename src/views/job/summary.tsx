/** What is frozen in a job: where it comes from, its snapshot, parameters and warnings. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { JobDetail } from '../../api/types';
import { ProblemList } from '../../components/problems';
import { Moment } from '../../components/time';
import { ValueTable } from '../../components/values';
import { formatDuration, elapsed } from '../../domain/durations';
import { byScope } from '../../domain/parameters';
import { isRecurring } from '../../domain/permits';
import { formatBytes } from '../../domain/sizes';
import { uiLocale, useNow } from '../../hooks/clock';

interface ISummaryProps {
  readonly job: JobDetail;
  readonly trans: TranslationBundle;
}

export function JobSummary(
  props: ISummaryProps & { children: React.ReactNode }
): JSX.Element {
  const { job, trans } = props;
  const names = Object.keys(job.env_variables);
  return (
    <div className="jp-OrchestJobs-summary">
      <dl className="jp-OrchestJobs-facts">
        <Fact name={trans.__('Pipeline')}>{job.pipeline_path}</Fact>
        <Fact name={trans.__('Project')}>{job.project}</Fact>
        <Fact name={trans.__('Snapshot')}>
          <Snapshot {...props} />
        </Fact>
        {job.schedule.kind !== 'now' && (
          <Fact name={trans.__('Schedule')}>{job.schedule.description}</Fact>
        )}
        <Fact name={trans.__('Time')}>
          <Times {...props} />
        </Fact>
        {(job.batches > 1 || (isRecurring(job) && job.batches > 0)) && (
          <Fact name={trans.__('Batches')}>{job.batches}</Fact>
        )}
        {job.size_bytes > 0 && (
          <Fact name={trans.__('Disk use of its runs')}>
            {formatBytes(job.size_bytes)}
          </Fact>
        )}
        {names.length > 0 && (
          <Fact name={trans.__('Environment variables')}>
            {names.join(', ')}
          </Fact>
        )}
      </dl>
      {props.children}
      <Warnings {...props} />
      <Parameters {...props} />
    </div>
  );
}

function Fact(props: { name: string; children: React.ReactNode }): JSX.Element {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

function Times(props: ISummaryProps): JSX.Element {
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

function Snapshot(props: ISummaryProps): JSX.Element {
  const { job, trans } = props;
  const { status, files, bytes, commit, dirty } = job.snapshot;
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

function Warnings(props: ISummaryProps): JSX.Element {
  const { job, trans } = props;
  const { skipped } = job.snapshot;
  return (
    <>
      {job.warnings.length > 0 && (
        <details className="jp-OrchestJobs-details" data-kind="warning">
          <summary>
            {trans._n('%1 warning', '%1 warnings', job.warnings.length)}
          </summary>
          <ProblemList problems={job.warnings} trans={trans} />
        </details>
      )}
      {skipped.length > 0 && (
        <details className="jp-OrchestJobs-details" data-kind="warning">
          <summary>
            {trans._n(
              '%1 file is not part of the snapshot',
              '%1 files are not part of the snapshot',
              skipped.length
            )}
          </summary>
          <ul className="jp-OrchestJobs-problems">
            {skipped.map(text => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Parameters(props: ISummaryProps): JSX.Element | null {
  const { job, trans } = props;
  if (job.parameters.length === 0) {
    return null;
  }
  const count = trans._n(
    '%1 parameter',
    '%1 parameters',
    job.parameters.length
  );
  return (
    <details className="jp-OrchestJobs-details">
      <summary>
        {job.parameters_file === null
          ? count
          : trans.__('%1, from %2', count, job.parameters_file)}
      </summary>
      <div className="jp-OrchestJobs-groups">
        {byScope(job.parameters).map(group => (
          <ValueTable
            key={group.scope}
            title={
              group.scope === 'pipeline_parameters'
                ? trans.__('Pipeline: %1', job.pipeline_name)
                : trans.__('Step: %1', group.title)
            }
            rows={group.items}
          />
        ))}
      </div>
    </details>
  );
}
