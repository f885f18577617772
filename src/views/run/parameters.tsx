/** The parameters of a step and of the pipeline in one run, exactly as they were given. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { RunDetail, StepRun } from '../../api/types';

const PIPELINE_SCOPE = 'pipeline_parameters';

export function ParametersPane(props: {
  run: RunDetail;
  step: StepRun;
  trans: TranslationBundle;
}): JSX.Element {
  const { run, step, trans } = props;
  const groups = [
    {
      title: trans.__('Step: %1', step.title),
      texts: run.texts[step.step] ?? {},
      none: trans.__('This step has no parameters of its own.')
    },
    {
      title: trans.__('Pipeline'),
      texts: run.texts[PIPELINE_SCOPE] ?? {},
      none: trans.__('The pipeline has no parameters.')
    }
  ];
  return (
    <div className="jp-OrchestJobs-scroll" tabIndex={0}>
      {groups.map(({ title, texts, none }) => (
        <section
          key={title}
          className="jp-OrchestJobs-values"
          aria-label={title}
        >
          <h3>{title}</h3>
          {Object.keys(texts).length === 0 ? (
            <p>{none}</p>
          ) : (
            <dl>
              {Object.entries(texts).map(([name, text]) => (
                <div key={name} className="jp-OrchestJobs-valueRow">
                  <dt>{name}</dt>
                  <dd>
                    <code className="jp-OrchestJobs-value">{text}</code>
                  </dd>
                </div>
              ))}
            </dl>
          )}
        </section>
      ))}
    </div>
  );
}
