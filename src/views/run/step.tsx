/** One step of a run: how it went, and in tabs its notebook, log, parameters and the run's files. */

import { IThemeManager } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';

import { IJobsClient } from '../../api/client';
import { RunDetail, StepRun } from '../../api/types';
import { Notice } from '../../components/notice';
import { StatusLabel } from '../../components/status';
import { ITab, Tabs } from '../../components/tabs';
import { elapsed, formatDuration } from '../../domain/durations';
import { causeWord, hasEnded } from '../../domain/status';
import { cellProgress, stepOrigin } from '../../domain/steps';
import { RunSession } from '../../models/runsession';
import { ViewPrefs } from '../../models/viewprefs';
import { IActions, INotebookPlace } from '../actions';
import { FilesPane } from './files';
import { LogPane } from './log';
import { NotebookPane } from './notebook';
import { ParametersPane } from './parameters';

export type StepTab = 'notebook' | 'log' | 'parameters' | 'files';

export interface IStepPaneProps {
  readonly run: RunDetail;
  readonly step: StepRun;
  readonly session: RunSession;
  readonly prefs: ViewPrefs;
  /** What somebody has chosen to see; null: nothing yet. */
  readonly tab: StepTab | null;
  readonly onTab: (tab: StepTab) => void;
  readonly client: IJobsClient;
  readonly actions: IActions;
  readonly themes: IThemeManager | null;
  readonly now: number;
  readonly trans: TranslationBundle;
}

export function StepPane(props: IStepPaneProps): JSX.Element {
  const { run, step, session, client, actions, now, trans, onTab } = props;
  // Decided once: what is being read must not go away when the step ends.
  const [first] = useState<StepTab>(() =>
    step.has_notebook && hasEnded(step.status) ? 'notebook' : 'log'
  );
  const took = elapsed(step.started_at, step.finished_at, now);
  const isNotebook = step.kind === 'notebook';
  const tabs: ITab<StepTab>[] = [
    { id: 'log', label: trans.__('Log') },
    { id: 'parameters', label: trans.__('Parameters') },
    { id: 'files', label: trans.__('Files of the run') }
  ];
  if (isNotebook) {
    tabs.unshift({ id: 'notebook', label: trans.__('Notebook') });
  }
  const wanted = props.tab ?? first;
  const current = wanted === 'notebook' && !isNotebook ? 'log' : wanted;
  const place: INotebookPlace = {
    run: run.id,
    step: step.step,
    title: trans.__('%1 · run %2', step.title, run.number)
  };
  return (
    <section className="jp-OrchestJobs-stepPane" aria-label={step.title}>
      <div className="jp-OrchestJobs-paneHead">
        <div className="jp-OrchestJobs-headerLine">
          <h2>{step.title}</h2>
          <StatusLabel thing={step} trans={trans} />
          <span>
            {[
              step.failed_cell === null ? cellProgress(step, trans) : '',
              formatDuration(took, trans),
              stepOrigin(step, run.attempt, trans)
            ]
              .filter(text => text !== '')
              .join(' · ')}
          </span>
        </div>
        <Reasons step={step} trans={trans} />
      </div>
      <Tabs
        label={trans.__('Results of the step')}
        tabs={tabs}
        current={current}
        onChoose={id => {
          session.run.selectStep(step.step);
          onTab(id);
        }}
      >
        {current === 'notebook' ? (
          <NotebookPane {...props} place={place} />
        ) : current === 'log' ? (
          <LogPane
            step={step}
            steplog={session.log}
            prefs={props.prefs}
            logUrl={which => client.logUrl(run.id, step.step, which)}
            trans={trans}
            onStay={() => session.run.selectStep(step.step)}
          />
        ) : current === 'parameters' ? (
          <ParametersPane run={run} step={step} trans={trans} />
        ) : (
          <FilesPane
            files={session.files}
            run={run}
            client={client}
            actions={actions}
            trans={trans}
          />
        )}
      </Tabs>
    </section>
  );
}

/** Why it went wrong: in which cell, and what was said. */
function Reasons(props: {
  step: StepRun;
  trans: TranslationBundle;
}): JSX.Element {
  const { step, trans } = props;
  const why = [causeWord(step.cause, trans), step.message ?? ''].filter(
    text => text !== ''
  );
  const isBad = step.status === 'failed' || step.status === 'interrupted';
  const where =
    step.failed_cell === null || step.cells === null
      ? ''
      : trans.__('Failed in cell %1 of %2', step.failed_cell, step.cells);
  return (
    <>
      {(why.length > 0 || where !== '') && hasEnded(step.status) && (
        <Notice kind={isBad ? 'error' : 'info'}>
          {where !== '' && <strong>{where}</strong>}
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
