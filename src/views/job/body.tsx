/** What the tab of a job shows. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { JobDetail, Run } from '../../api/types';
import { EmptyState, Notice } from '../../components/notice';
import { uiLocale, useNow } from '../../hooks/clock';
import { useObservable } from '../../hooks/observable';
import { differing } from '../../domain/parameters';
import { hasEnded } from '../../domain/status';
import { HistoryModel } from '../../models/history';
import { JobModel } from '../../models/job';
import { RunsModel } from '../../models/runs';
import { IActions } from '../actions';
import { Firings } from './firings';
import { JobHeader } from './header';
import { JobSummary } from './summary';
import { RunsTable } from './table';

export interface IJobBodyProps {
  readonly job: JobModel;
  readonly runs: RunsModel;
  readonly history: HistoryModel;
  readonly pointAt: (run: Run) => void;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

export function JobBody(props: IJobBodyProps): JSX.Element {
  const { job: model, history, actions, trans } = props;
  const { value, gone, message } = useObservable(model);
  const past = useObservable(history);
  if (gone) {
    return (
      <EmptyState title={trans.__('This job is gone')}>
        <p>{trans.__('It has been deleted. You can close this tab.')}</p>
      </EmptyState>
    );
  }
  if (value === null) {
    return message === '' ? (
      <div className="jp-OrchestJobs-loading">{trans.__('Loading…')}</div>
    ) : (
      <Notice kind="error">{message}</Notice>
    );
  }
  return (
    <>
      <JobHeader
        job={value}
        lastBatch={past.lastBatch}
        actions={actions}
        trans={trans}
      />
      <JobSummary job={value} trans={trans}>
        {value.schedule.kind !== 'now' && value.status !== 'draft' && (
          <Firings
            history={past}
            trans={trans}
            onMore={() => history.showMore()}
          />
        )}
      </JobSummary>
      <Runs {...props} value={value} />
    </>
  );
}

function Runs(props: IJobBodyProps & { value: JobDetail }): JSX.Element {
  const { runs: model, value, actions, trans } = props;
  const { rows, total, sort, metrics, message } = useObservable(model);
  const live = value.runs.pending + value.runs.running > 0;
  const now = useNow(live ? 1_000 : 60_000);
  const columns = React.useMemo(
    () => differing(value.parameters),
    [value.parameters]
  );
  if (message !== '') {
    return <Notice kind="error">{message}</Notice>;
  }
  if (rows !== null && total === 0) {
    return <p className="jp-OrchestJobs-noRuns">{whyNoRuns(value, trans)}</p>;
  }
  return (
    <RunsTable
      rows={rows ?? []}
      total={total}
      sort={sort}
      parameters={columns}
      batches={value.batches}
      metrics={metrics}
      now={now}
      locale={uiLocale()}
      trans={trans}
      onSort={key => model.sortBy(key)}
      onEnsure={index => model.ensure(index)}
      onOpen={actions.openRun}
      onPoint={props.pointAt}
    />
  );
}

function whyNoRuns(job: JobDetail, trans: TranslationBundle): string {
  if (hasEnded(job.status)) {
    return trans.__('This job ended before it had any runs.');
  }
  if (job.runs.total > 0) {
    return trans.__('Loading…');
  }
  if (job.batches > 0) {
    return trans.__('Its runs have been deleted.');
  }
  switch (job.status) {
    case 'draft':
      return job.start_requested
        ? trans.__('The runs begin when the snapshot has been taken.')
        : job.snapshot.status === 'ready'
          ? trans.__('This is a draft. It has runs once you start it.')
          : trans.__(
              'This is a draft. You can start it once its snapshot has been taken.'
            );
    case 'scheduled':
      return trans.__('The first runs begin when the schedule says so.');
    case 'paused':
      return trans.__('No runs yet: the job was paused before the first ones.');
    default:
      return trans.__('Loading…');
  }
}
