/** What the steps of a job are executed in, and how far that is frozen. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect } from 'react';

import { Environment, JobDetail } from '../../api/types';
import { ActionButton } from '../../components/actionbutton';
import { Notice } from '../../components/notice';
import { StatusIcon } from '../../components/status';
import { changeWords, stateWords } from '../../domain/environments';
import { hasEnded } from '../../domain/status';
import { formatBytes } from '../../domain/sizes';
import { useObservable } from '../../hooks/observable';
import { EnvironmentsModel } from '../../models/environments';
import { Packages } from './packages';

const MOST_CHANGES = 20;
/** The states of runs look like these. */
const LOOKS = {
  frozen: 'succeeded',
  recorded: 'interrupted',
  live: 'skipped',
  freezing: 'running',
  waiting: 'pending'
} as const;

export interface IEnvironmentsProps {
  readonly job: JobDetail;
  readonly model: EnvironmentsModel;
  readonly trans: TranslationBundle;
}

export function Environments(props: IEnvironmentsProps): JSX.Element {
  const { job, model, trans } = props;
  const { environments } = job;
  useEffect(() => {
    model.compare(environments);
  }, [model, environments]);
  if (environments.length === 0) {
    return (
      <p>{trans.__('Nothing is known of what its steps are executed in.')}</p>
    );
  }
  return (
    <>
      {job.environment_warnings.map(text => (
        <Notice key={text} kind="warning">
          {text}
        </Notice>
      ))}
      <ul className="jp-OrchestJobs-environments">
        {environments.map(environment => (
          <li key={environment.id}>
            <One {...props} environment={environment} />
          </li>
        ))}
      </ul>
    </>
  );
}

function One(
  props: IEnvironmentsProps & { environment: Environment }
): JSX.Element {
  const { job, model, environment, trans } = props;
  const { id, state, reason, copy_bytes } = environment;
  useObservable(model);
  const { message, changes } = model.of(id);
  const settled = state !== 'waiting' && state !== 'freezing';
  const steps = job.steps.filter(step => step.environment === id);
  return (
    <>
      <h3>{environment.display_name}</h3>
      <p className="jp-OrchestJobs-environmentFacts">
        <span className="jp-OrchestJobs-status">
          <StatusIcon status={LOOKS[state]} />
          <span role="status">{stateWords(environment, trans)}</span>
        </span>
        <span>{environment.version}</span>
        {environment.bytes > 0 && settled && (
          <span>{formatBytes(environment.bytes)}</span>
        )}
        <code title={trans.__('The original')}>{environment.program}</code>
      </p>
      {reason !== '' && <p>{reason}</p>}
      <p>
        {trans.__(
          'Steps: %1',
          steps
            .map(({ title, kernel }) =>
              kernel === null ? title : `${title} (${kernel})`
            )
            .join(', ')
        )}
      </p>
      {environment.warnings.map(text => (
        <p key={text} className="jp-OrchestJobs-environmentNote">
          {text}
        </p>
      ))}
      {message !== '' && (
        <Notice kind="error" live>
          {message}
        </Notice>
      )}
      {changes?.changed === true && <Changes {...props} />}
      <div className="jp-OrchestJobs-environmentActs">
        {state === 'recorded' && copy_bytes > 0 && !hasEnded(job.status) && (
          <ActionButton
            label={trans.__('Freeze by copy (%1)', formatBytes(copy_bytes))}
            hint={trans.__('Copy the files, which can’t be linked')}
            why=""
            onClick={() => void model.copy(id)}
          />
        )}
        {settled && environment.packages > 0 && (
          <a href={model.lockUrl(id)} download="">
            {trans.__('Download lock')}
          </a>
        )}
      </div>
      {settled && environment.packages > 0 && <Packages {...props} />}
    </>
  );
}

function Changes(
  props: IEnvironmentsProps & { environment: Environment }
): JSX.Element {
  const { model, environment, trans } = props;
  const { items = [], message = null } = model.of(environment.id).changes ?? {};
  const more = items.length - MOST_CHANGES;
  return (
    <details className="jp-OrchestJobs-details">
      <summary>
        {items.length > 0
          ? trans._n(
              '%1 package has changed since',
              '%1 packages have changed since',
              items.length
            )
          : trans.__('The original has changed since')}
      </summary>
      {message !== null && <p>{message}</p>}
      <ul className="jp-OrchestJobs-problems">
        {items.slice(0, MOST_CHANGES).map(change => (
          <li key={change.name}>{changeWords(change, trans)}</li>
        ))}
        {more > 0 && <li>{trans._n('and %1 more', 'and %1 more', more)}</li>}
      </ul>
    </details>
  );
}
