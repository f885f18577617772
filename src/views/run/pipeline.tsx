/** The pipeline of a run, as a drawing or as a list. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { Suspense } from 'react';

import { RunDetail } from '../../api/types';
import { useObservable } from '../../hooks/observable';
import { RunModel } from '../../models/run';
import { IRunViewPrefs, ViewPrefs } from '../../models/viewprefs';
import { StepList } from './steps';

const Graph = React.lazy(
  () => import(/* webpackChunkName: "pipeline-graph" */ './graph')
);

export function PipelinePane(props: {
  model: RunModel;
  run: RunDetail;
  prefs: ViewPrefs;
  now: number;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, run, prefs, now, trans } = props;
  const { shape } = useObservable(prefs);
  const { places } = model;
  const failed = run.steps.find(({ status }) => status === 'failed');
  const shared = {
    steps: run.steps,
    attempt: run.attempt,
    selected: model.step?.step ?? null,
    now,
    trans,
    onSelect: (step: string) => model.selectStep(step)
  };
  const loading = (
    <div className="jp-OrchestJobs-loading">{trans.__('Loading…')}</div>
  );
  const shapes: [IRunViewPrefs['shape'], string][] = [
    ['graph', trans.__('Graph')],
    ['list', trans.__('List')]
  ];
  return (
    <section
      className="jp-OrchestJobs-pipeline"
      aria-label={trans.__('Pipeline, read-only')}
    >
      <div className="jp-OrchestJobs-paneBar">
        <span
          className="jp-OrchestJobs-badge"
          title={trans.__('The pipeline as it was when the job was created')}
        >
          {trans.__('read-only')}
        </span>
        <span className="jp-OrchestJobs-paneName" title={run.pipeline_path}>
          {run.pipeline_path}
        </span>
        {failed !== undefined && model.step?.status !== 'failed' && (
          <button
            className="jp-OrchestJobs-link"
            title={failed.message ?? undefined}
            onClick={() => model.selectStep(failed.step)}
          >
            {trans.__('Show what failed: %1', failed.title)}
          </button>
        )}
        <span
          className="jp-OrchestJobs-choice"
          role="group"
          aria-label={trans.__('Show the steps as')}
        >
          {shapes.map(([value, label]) => (
            <button
              key={value}
              aria-pressed={shape === value}
              onClick={() => prefs.set({ shape: value })}
            >
              {label}
            </button>
          ))}
        </span>
      </div>
      {shape === 'list' ? (
        <StepList {...shared} />
      ) : places === null ? (
        loading
      ) : (
        <Suspense fallback={loading}>
          <Graph {...shared} places={places} />
        </Suspense>
      )}
    </section>
  );
}
