/** The parameters of a job, exactly as its next batch has them. Read-only. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { JobDetail } from '../../api/types';
import { byScope } from '../../domain/parameters';

export function ParametersPane(props: {
  job: JobDetail;
  trans: TranslationBundle;
}): JSX.Element {
  const { job, trans } = props;
  const env = Object.entries(job.env_variables);
  return (
    <div className="jp-OrchestJobs-pane" tabIndex={0}>
      {job.parameters_file !== null && (
        <p>{trans.__('From %1', job.parameters_file)}</p>
      )}
      {job.parameters.length === 0 && (
        <p>{trans.__('The pipeline and its steps have no parameters.')}</p>
      )}
      <div className="jp-OrchestJobs-groups">
        {byScope(job.parameters).map(group => (
          <Group
            key={group.scope}
            title={
              group.scope === 'pipeline_parameters'
                ? trans.__('Pipeline: %1', job.pipeline_name)
                : trans.__('Step: %1', group.title)
            }
            rows={group.items.map(({ name, texts }) => [name, texts])}
          />
        ))}
        {env.length + job.secrets.length > 0 && (
          <Group
            title={trans.__('Environment variables')}
            rows={[
              ...env.map(([name, value]): [string, string[]] => [
                name,
                [value]
              ]),
              ...job.secrets.map((name): [string, string[]] => [
                name,
                [trans.__('secret')]
              ])
            ]}
          />
        )}
      </div>
    </div>
  );
}

function Group(props: {
  title: string;
  rows: readonly [string, readonly string[]][];
}): JSX.Element {
  return (
    <section className="jp-OrchestJobs-values" aria-label={props.title}>
      <h2>{props.title}</h2>
      <dl>
        {props.rows.map(([name, texts]) => (
          <div key={name} className="jp-OrchestJobs-valueRow">
            <dt>{name}</dt>
            <dd>
              {texts.map((text, index) => (
                <code key={index} className="jp-OrchestJobs-value">
                  {text}
                </code>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
