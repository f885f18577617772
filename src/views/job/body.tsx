/** What the tab of a job shows. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { JobDetail } from '../../api/types';
import { EmptyState, Notice } from '../../components/notice';
import { uiLocale, useNow } from '../../hooks/clock';
import { useObservable } from '../../hooks/observable';
import { differing } from '../../domain/parameters';
import { hasEnded } from '../../domain/status';
import { JobModel } from '../../models/job';
import { RunsModel } from '../../models/runs';
import { IActions } from '../actions';
import { JobHeader } from './header';
import { JobSummary } from './summary';
import { RunsTable } from './table';

export interface IJobBodyProps {
  readonly job: JobModel;
  readonly runs: RunsModel;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

export function JobBody(props: IJobBodyProps): JSX.Element {
  const { job: model, actions, trans } = props;
  const { value, gone, message } = useObservable(model);
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
        trans={trans}
        onCancel={() => actions.cancelJob(value.id)}
        onOpenRun={actions.openRun}
      />
      <JobSummary job={value} trans={trans} />
      <Runs {...props} value={value} />
    </>
  );
}

function Runs(props: IJobBodyProps & { value: JobDetail }): JSX.Element {
  const { runs: model, value, actions, trans } = props;
  const { rows, total, sort, metrics, message } = useObservable(model);
  const live = !hasEnded(value.status);
  const now = useNow(live ? 1_000 : 60_000);
  const columns = React.useMemo(
    () => differing(value.parameters),
    [value.parameters]
  );
  if (message !== '') {
    return <Notice kind="error">{message}</Notice>;
  }
  if (rows !== null && total === 0) {
    return (
      <p className="jp-OrchestJobs-noRuns">
        {live
          ? trans.__('The runs begin when the snapshot has been taken.')
          : trans.__('This job ended before it had any runs.')}
      </p>
    );
  }
  return (
    <RunsTable
      rows={rows ?? []}
      total={total}
      sort={sort}
      parameters={columns}
      metrics={metrics}
      now={now}
      locale={uiLocale()}
      trans={trans}
      onSort={key => model.sortBy(key)}
      onEnsure={index => model.ensure(index)}
      onOpen={actions.openRun}
    />
  );
}
