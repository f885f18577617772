/** What the tab of a run shows: its steps on the left, the one looked at on the right. */

import { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { RunDetail } from '../../api/types';
import { EmptyState, Notice } from '../../components/notice';
import { StatusLabel } from '../../components/status';
import { elapsed, formatDuration } from '../../domain/durations';
import { causeWord, hasEnded, isCancellable } from '../../domain/status';
import { formatNumber } from '../../domain/values';
import { useNow } from '../../hooks/clock';
import { useObservable } from '../../hooks/observable';
import { RunModel } from '../../models/run';
import { StepLog } from '../../models/steplog';
import { IActions } from '../actions';
import { StepPane } from './step';
import { StepList } from './steps';

export interface IRunBodyProps {
  readonly run: RunModel;
  readonly log: StepLog;
  readonly client: IJobsClient;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

export function RunBody(props: IRunBodyProps): JSX.Element {
  const { run: model, client, actions, trans } = props;
  const { value, gone, message } = useObservable(model);
  const { log } = useObservable(props.log);
  const now = useNow(
    value !== null && !hasEnded(value.status) ? 1_000 : 60_000
  );
  if (gone) {
    return (
      <EmptyState title={trans.__('This run is gone')}>
        <p>{trans.__('Its job has been deleted. You can close this tab.')}</p>
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
  const step = model.step;
  return (
    <>
      <RunHeader
        run={value}
        explained={step?.status === 'failed'}
        now={now}
        actions={actions}
        trans={trans}
      />
      <div className="jp-OrchestJobs-panes">
        <StepList
          steps={value.steps}
          selected={step?.step ?? null}
          now={now}
          trans={trans}
          onSelect={id => model.selectStep(id)}
        />
        {step !== undefined && (
          <StepPane
            key={step.step}
            run={value}
            step={step}
            log={log}
            now={now}
            logUrl={client.logUrl(value.id, step.step)}
            notebookUrl={client.notebookUrl(value.id, step.step)}
            trans={trans}
            onOpenNotebook={() =>
              actions.openNotebook({
                run: value.id,
                step: step.step,
                title: trans.__('%1 · run %2', step.title, value.number)
              })
            }
            onStay={() => model.selectStep(step.step)}
          />
        )}
      </div>
    </>
  );
}

function RunHeader(props: {
  run: RunDetail;
  /** The step looked at says why it failed. */
  explained: boolean;
  now: number;
  actions: IActions;
  trans: TranslationBundle;
}): JSX.Element {
  const { run, explained, now, actions, trans } = props;
  const took = elapsed(run.started_at, run.finished_at, now);
  const why = [causeWord(run.cause, trans), run.message ?? '']
    .filter(text => text !== '')
    .join(' ');
  return (
    <div className="jp-OrchestJobs-header">
      <div className="jp-OrchestJobs-headerLine">
        <h1>
          <button
            className="jp-OrchestJobs-link"
            title={trans.__('Open the job')}
            onClick={() => actions.openJob(run.job_id)}
          >
            {run.job_name}
          </button>
          {' / '}
          {trans.__('Run %1', run.number)}
        </h1>
        <StatusLabel thing={run} trans={trans} />
        {took !== null && <span>{formatDuration(took, trans)}</span>}
        {run.attempt > 1 && <span>{trans.__('attempt %1', run.attempt)}</span>}
        <span
          className="jp-OrchestJobs-badge"
          title={trans.__('The pipeline as it was when the job was created')}
        >
          {trans.__('read-only')}
        </span>
        {isCancellable(run) && (
          <Button
            className="jp-OrchestJobs-button jp-mod-styled"
            onClick={() => actions.cancelRun(run.id)}
          >
            {trans.__('Cancel run')}
          </Button>
        )}
      </div>
      <Metrics metrics={run.metrics} />
      {why !== '' && !explained && hasEnded(run.status) && (
        <Notice kind={run.status === 'cancelled' ? 'info' : 'error'}>
          {why}
        </Notice>
      )}
    </div>
  );
}

function Metrics(props: {
  metrics: Readonly<Record<string, number>>;
}): JSX.Element | null {
  const entries = Object.entries(props.metrics);
  if (entries.length === 0) {
    return null;
  }
  return (
    <dl className="jp-OrchestJobs-metrics">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{formatNumber(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
