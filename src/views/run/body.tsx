/** What the tab of a run shows: its steps on the left, the one looked at on the right. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { EmptyState, Notice } from '../../components/notice';
import { hasEnded } from '../../domain/status';
import { useNow } from '../../hooks/clock';
import { useObservable } from '../../hooks/observable';
import { RunModel } from '../../models/run';
import { StepLog } from '../../models/steplog';
import { IActions } from '../actions';
import { Attempts } from './attempts';
import { RunHeader } from './header';
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
        <p>
          {trans.__(
            'It has been deleted, by itself or with its job. You can close this tab.'
          )}
        </p>
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
      <Attempts run={value} now={now} trans={trans} />
      <div className="jp-OrchestJobs-panes">
        <StepList
          steps={value.steps}
          attempt={value.attempt}
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
