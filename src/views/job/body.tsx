/** What the tab of a job shows once it has started. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { JobDetail, Run } from '../../api/types';
import { EmptyState, Notice } from '../../components/notice';
import { Tabs } from '../../components/tabs';
import { parameterColumns } from '../../domain/parameters';
import { hasEnded } from '../../domain/status';
import { useObservable } from '../../hooks/observable';
import { EnvironmentsModel } from '../../models/environments';
import { HistoryModel } from '../../models/history';
import { JobModel } from '../../models/job';
import { RunsModel } from '../../models/runs';
import { RunSelection } from '../../models/runselection';
import { RunsView } from '../../models/runsview';
import { SnapshotModel } from '../../models/snapshot';
import { IActions } from '../actions';
import { RunsBrowser } from '../runs/browser';
import { jobColumns, matrixColumns } from '../runs/columns';
import { Activity } from './activity';
import { JobHeader } from './header';
import { ParametersPane } from './parameters';
import { SnapshotPane } from './snapshot';

export interface IJobBodyProps {
  readonly job: JobModel;
  readonly runs: RunsModel;
  readonly selection: RunSelection;
  readonly view: RunsView;
  readonly history: HistoryModel;
  readonly snapshot: () => SnapshotModel;
  readonly environments: EnvironmentsModel;
  readonly pointAt: (run: Run) => void;
  readonly client: IJobsClient;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

type Pane = 'runs' | 'matrix' | 'parameters' | 'snapshot' | 'activity';

export function JobBody(props: IJobBodyProps): JSX.Element {
  const { job: model, history, view, client, actions, trans } = props;
  const [snapshot] = React.useState(props.snapshot);
  const { value, gone, message } = useObservable(model);
  const past = useObservable(history);
  const { changes } = useObservable(snapshot);
  const { tab, ready } = useObservable(view);
  if (gone) {
    return (
      <EmptyState title={trans.__('This job is gone')}>
        <p>{trans.__('It has been deleted. You can close this tab.')}</p>
      </EmptyState>
    );
  }
  if (value === null || !ready) {
    return message === '' ? (
      <div className="jp-OrchestJobs-loading">{trans.__('Loading…')}</div>
    ) : (
      <Notice kind="error">{message}</Notice>
    );
  }
  const tabs: { id: Pane; label: string }[] = [
    { id: 'runs', label: trans.__('Runs') },
    { id: 'matrix', label: trans.__('Matrix') },
    { id: 'parameters', label: trans.__('Parameters') },
    { id: 'snapshot', label: trans.__('Snapshot & environment') },
    { id: 'activity', label: trans.__('Activity') }
  ];
  const current = tabs.find(({ id }) => id === tab)?.id ?? 'runs';
  return (
    <>
      <JobHeader
        job={value}
        history={past}
        changed={changes?.changed === true}
        client={client}
        actions={actions}
        trans={trans}
        onShow={pane => view.show(pane)}
      />
      <Tabs
        label={trans.__('Parts of the job')}
        tabs={tabs}
        current={current}
        onChoose={id => view.show(id)}
      >
        <PaneOf {...props} compared={snapshot} value={value} pane={current} />
      </Tabs>
    </>
  );
}

function PaneOf(
  props: IJobBodyProps & {
    compared: SnapshotModel;
    value: JobDetail;
    pane: Pane;
  }
): JSX.Element {
  const { history, compared, value, pane, actions, trans } = props;
  switch (pane) {
    case 'runs':
    case 'matrix':
      return <Runs {...props} />;
    case 'parameters':
      return <ParametersPane job={value} trans={trans} />;
    case 'snapshot':
      return (
        <SnapshotPane
          job={value}
          model={compared}
          environments={props.environments}
          trans={trans}
        />
      );
    case 'activity':
      return (
        <Activity
          job={value}
          model={history}
          trans={trans}
          onRetry={batch => actions.retryFailed(value.id, batch)}
        />
      );
  }
}

function Runs(
  props: IJobBodyProps & { value: JobDetail; pane: Pane }
): JSX.Element {
  const { runs: model, value, pane, trans } = props;
  const { metrics } = useObservable(model);
  const matrix = pane === 'matrix';
  const { parameters, steps, batches } = value;
  // Every answer is a new object: columns change only with what they are made of.
  const key = JSON.stringify([parameters, steps]);
  const named = React.useMemo(() => parameterColumns(parameters), [key]);
  const columns = React.useMemo(
    () =>
      matrix
        ? matrixColumns(steps, trans)
        : jobColumns(named, metrics, batches, trans),
    [matrix, key, metrics, batches, trans]
  );
  React.useEffect(() => {
    if (matrix) {
      model.withSteps();
    }
  }, [model, matrix]);
  return (
    <RunsBrowser
      key={pane}
      model={model}
      selection={props.selection}
      view={props.view}
      table={pane}
      columns={columns}
      parameters={named}
      batches={batches}
      jobs={null}
      label={
        matrix
          ? trans.__('Steps of the pipeline runs')
          : trans.__('Pipeline runs')
      }
      live={value.runs.pending + value.runs.running > 0}
      whyNone={whyNoRuns(value, trans)}
      pointAt={props.pointAt}
      actions={props.actions}
      trans={trans}
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
