/** What the tab of a run shows: its pipeline, and beside it the step looked at. */

import { IThemeManager } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';

import { IJobsClient } from '../../api/client';
import { EmptyState, Notice } from '../../components/notice';
import { Split } from '../../components/split';
import { hasEnded } from '../../domain/status';
import { useNow } from '../../hooks/clock';
import { useObservable } from '../../hooks/observable';
import { RunSession } from '../../models/runsession';
import { ViewPrefs } from '../../models/viewprefs';
import { IActions } from '../actions';
import { Attempts } from './attempts';
import { RunHeader } from './header';
import { PipelinePane } from './pipeline';
import { StepPane, StepTab } from './step';

export interface IRunBodyProps {
  readonly session: RunSession;
  readonly prefs: ViewPrefs;
  readonly client: IJobsClient;
  readonly actions: IActions;
  readonly themes: IThemeManager | null;
  readonly trans: TranslationBundle;
  readonly onMove: (side: 'previous' | 'next') => void;
}

export function RunBody(props: IRunBodyProps): JSX.Element {
  const { session, prefs, client, actions, themes, trans, onMove } = props;
  const { value, gone, message } = useObservable(session.run);
  const neighbours = useObservable(session.neighbours);
  const { split } = useObservable(prefs);
  // What somebody has chosen stays for other steps and runs.
  const [tab, setTab] = useState<StepTab | null>(null);
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
  const { step } = session.run;
  return (
    <>
      <RunHeader
        run={value}
        neighbours={neighbours}
        now={now}
        actions={actions}
        trans={trans}
        onMove={onMove}
      />
      <Attempts run={value} now={now} trans={trans} />
      <Split
        label={trans.__('Room for the pipeline')}
        share={split}
        onShare={share => prefs.set({ split: share })}
        first={
          <PipelinePane
            model={session.run}
            run={value}
            prefs={prefs}
            now={now}
            trans={trans}
          />
        }
        second={
          step !== undefined && (
            <StepPane
              key={`${value.id} ${step.step}`}
              run={value}
              step={step}
              session={session}
              prefs={prefs}
              tab={tab}
              onTab={setTab}
              client={client}
              actions={actions}
              themes={themes}
              now={now}
              trans={trans}
            />
          )
        }
      />
    </>
  );
}
