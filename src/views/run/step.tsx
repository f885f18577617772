/** One step of a run: how it went, its parameters, its notebook, its log. */

import { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import { RunDetail, StepRun } from '../../api/types';
import { Notice } from '../../components/notice';
import { StatusLabel } from '../../components/status';
import { ValueTable } from '../../components/values';
import { elapsed, formatDuration } from '../../domain/durations';
import { causeWord, hasEnded } from '../../domain/status';
import { cellProgress, stepOrigin } from '../../domain/steps';
import { LogModel } from '../../models/log';
import { LogView } from './log';

const PIPELINE_SCOPE = 'pipeline_parameters';

export interface IStepPaneProps {
  readonly run: RunDetail;
  readonly step: StepRun;
  readonly log: LogModel | null;
  readonly now: number;
  readonly logUrl: string;
  readonly notebookUrl: string;
  readonly trans: TranslationBundle;
  readonly onOpenNotebook: () => void;
  /** The user reads: don't move on to another step by itself. */
  readonly onStay: () => void;
}

export function StepPane(props: IStepPaneProps): JSX.Element {
  const { step, log, now, trans } = props;
  const took = elapsed(step.started_at, step.finished_at, now);
  return (
    <section className="jp-OrchestJobs-pane" aria-label={step.title}>
      <div className="jp-OrchestJobs-paneHead">
        <div className="jp-OrchestJobs-headerLine">
          <h2>{step.title}</h2>
          <StatusLabel thing={step} trans={trans} />
          <span>
            {[
              cellProgress(step, trans),
              formatDuration(took, trans),
              stepOrigin(step, props.run.attempt, trans)
            ]
              .filter(text => text !== '')
              .join(' · ')}
          </span>
        </div>
        <Reasons step={step} trans={trans} />
        <Downloads {...props} />
        <Parameters {...props} />
      </div>
      {log !== null ? (
        <LogView log={log} step={step} trans={trans} onStay={props.onStay} />
      ) : (
        <p className="jp-OrchestJobs-noLog">{whyNoLog(step, trans)}</p>
      )}
    </section>
  );
}

function whyNoLog(step: StepRun, trans: TranslationBundle): string {
  switch (step.status) {
    case 'pending':
      return trans.__('This step has not started yet.');
    case 'running':
      return trans.__('Nothing has been printed yet.');
    case 'skipped':
      return trans.__(
        'This step never started, since a step before it did not succeed.'
      );
    default:
      return trans.__('Nothing was printed.');
  }
}

function Reasons(props: {
  step: StepRun;
  trans: TranslationBundle;
}): JSX.Element {
  const { step, trans } = props;
  const why = [causeWord(step.cause, trans), step.message ?? ''].filter(
    text => text !== ''
  );
  const isBad = step.status === 'failed' || step.status === 'interrupted';
  return (
    <>
      {why.length > 0 && hasEnded(step.status) && (
        <Notice kind={isBad ? 'error' : 'info'}>
          <span className="jp-OrchestJobs-message">{why.join('\n')}</span>
        </Notice>
      )}
      {step.limits.map(text => (
        <Notice key={text} kind="warning">
          {text}
        </Notice>
      ))}
    </>
  );
}

function Downloads(props: IStepPaneProps): JSX.Element | null {
  const { step, log, trans } = props;
  if (!step.has_notebook && log === null) {
    return null;
  }
  return (
    <div className="jp-OrchestJobs-actions">
      {step.has_notebook && (
        <>
          <Button
            className="jp-OrchestJobs-button jp-mod-styled"
            onClick={props.onOpenNotebook}
          >
            {trans.__('Open notebook')}
          </Button>
          <a
            className="jp-OrchestJobs-link"
            href={props.notebookUrl}
            download=""
          >
            {trans.__('Download notebook')}
          </a>
        </>
      )}
      {log !== null && (
        <a className="jp-OrchestJobs-link" href={props.logUrl} download="">
          {trans.__('Download log')}
        </a>
      )}
    </div>
  );
}

function Parameters(props: IStepPaneProps): JSX.Element | null {
  const { run, step, trans } = props;
  const groups = [
    {
      title: trans.__('Step: %1', step.title),
      values: run.parameters[step.step]
    },
    {
      title: trans.__('Pipeline'),
      values: run.parameters[PIPELINE_SCOPE]
    }
  ].filter(({ values }) => Object.keys(values ?? {}).length > 0);
  if (groups.length === 0) {
    return null;
  }
  return (
    <details className="jp-OrchestJobs-details" open>
      <summary>{trans.__('Parameters')}</summary>
      <div className="jp-OrchestJobs-groups">
        {groups.map(({ title, values }) => (
          <ValueTable
            key={title}
            title={title}
            rows={Object.entries(values).map(([name, value]) => ({
              name,
              values: [value]
            }))}
          />
        ))}
      </div>
    </details>
  );
}
