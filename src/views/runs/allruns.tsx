/** The runs of all jobs. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Run } from '../../api/types';
import { hasEnded } from '../../domain/status';
import { useObservable } from '../../hooks/observable';
import { JobsModel } from '../../models/jobs';
import { RunsModel } from '../../models/runs';
import { RunSelection } from '../../models/runselection';
import { RunsView } from '../../models/runsview';
import { IActions } from '../actions';
import { RunsBrowser } from './browser';
import { allColumns } from './columns';

export function AllRuns(props: {
  model: RunsModel;
  selection: RunSelection;
  view: RunsView;
  jobs: JobsModel;
  pointAt: (run: Run) => void;
  actions: IActions;
  trans: TranslationBundle;
}): JSX.Element {
  const { trans } = props;
  const { jobs } = useObservable(props.jobs);
  const { ready } = useObservable(props.view);
  const { rows } = useObservable(props.model);
  const columns = React.useMemo(() => allColumns(trans), [trans]);
  // A job that changes keeps its name, mostly: then its rows needn't be drawn again.
  const key = JSON.stringify(jobs?.map(({ id, name }) => [id, name]) ?? []);
  const names = React.useMemo(
    () => new Map(JSON.parse(key) as [string, string][]),
    [key]
  );
  if (!ready) {
    return <div className="jp-OrchestJobs-loading">{trans.__('Loading…')}</div>;
  }
  return (
    <RunsBrowser
      {...props}
      table="all"
      columns={columns}
      parameters={NONE}
      batches={1}
      jobs={names}
      label={trans.__('Runs of all jobs')}
      live={jobs?.some(job => !hasEnded(job.status)) ?? false}
      whyNone={
        rows === null
          ? trans.__('Loading…')
          : trans.__('There are no runs yet. They appear here once a job runs.')
      }
    />
  );
}

const NONE: readonly never[] = [];
