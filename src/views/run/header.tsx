/** How a run went as a whole, and what can be done with it. */

import { TranslationBundle } from '@jupyterlab/translation';
import { caretLeftIcon, caretRightIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { RunDetail } from '../../api/types';
import { ActionButton } from '../../components/actionbutton';
import { Notice } from '../../components/notice';
import { StatusLabel } from '../../components/status';
import { formatDuration, runTime } from '../../domain/durations';
import { concernsRun, RunAct, whyNotRun } from '../../domain/permits';
import { causeWord, hasEnded } from '../../domain/status';
import { formatNumber } from '../../domain/values';
import { INeighbours } from '../../models/neighbours';
import { IActions } from '../actions';

interface IRunHeaderProps {
  readonly run: RunDetail;
  readonly neighbours: INeighbours;
  readonly now: number;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
  readonly onMove: (side: 'previous' | 'next') => void;
}

export function RunHeader(props: IRunHeaderProps): JSX.Element {
  const { run, now, actions, trans } = props;
  const took = runTime(run, now);
  const why = [causeWord(run.cause, trans), run.message ?? '']
    .filter(text => text !== '')
    .join(' ');
  return (
    <div className="jp-OrchestJobs-header">
      <div className="jp-OrchestJobs-headerLine">
        <Moves {...props} />
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
        {run.executor === 'dask' && (
          <span
            className="jp-OrchestJobs-badge"
            title={trans.__('It is executed by a worker of the Dask cluster')}
          >
            {run.host === null
              ? trans.__('on the cluster')
              : trans.__('on the cluster: %1', run.host)}
          </span>
        )}
        {run.pinned && (
          <span
            className="jp-OrchestJobs-badge"
            title={trans.__('This run is kept when old ones are deleted')}
          >
            {trans.__('pinned')}
          </span>
        )}
        <Buttons {...props} />
      </div>
      <Metrics metrics={run.metrics} />
      {why !== '' && run.failed_step === null && hasEnded(run.status) && (
        <Notice kind={run.status === 'cancelled' ? 'info' : 'error'}>
          {why}
        </Notice>
      )}
      {!run.has_files && (
        <Notice kind="info">
          {trans.__(
            'The files of this run have been deleted to save space. Its logs and numbers stay.'
          )}
        </Notice>
      )}
    </div>
  );
}

function Buttons(props: IRunHeaderProps): JSX.Element {
  const { run, actions, trans } = props;
  const again = hasEnded(run.status) && run.status !== 'succeeded';
  const acts: [RunAct, string, string, boolean][] = [
    [
      'retry',
      trans.__('Retry'),
      trans.__('Execute every step again, in a fresh working copy'),
      again
    ],
    [
      'resume',
      run.status === 'cancelled'
        ? trans.__('Resume where it stopped')
        : trans.__('Resume from the failed step'),
      trans.__(
        'Execute the steps that have not succeeded, in the working copy as the failed attempt left it'
      ),
      again
    ],
    [
      'pin',
      trans.__('Pin'),
      trans.__('Keep this run when old ones are deleted'),
      true
    ],
    [
      'unpin',
      trans.__('Unpin'),
      trans.__('Let this run be deleted when it is old'),
      true
    ],
    ['cancel', trans.__('Cancel run'), '', !hasEnded(run.status)],
    [
      'delete',
      trans.__('Delete…'),
      trans.__('Delete this run with its files, logs and notebooks'),
      hasEnded(run.status)
    ]
  ];
  return (
    <div className="jp-OrchestJobs-buttons">
      {acts
        .filter(([act, , , shown]) => shown && concernsRun(act, run))
        .map(([act, label, hint]) => (
          <ActionButton
            key={act}
            label={label}
            hint={hint === '' ? undefined : hint}
            why={whyNotRun(act, run, trans)}
            onClick={() => actions.run(act, run.id)}
          />
        ))}
    </div>
  );
}

/** To the runs beside this one, with the same step in view. */
function Moves(props: IRunHeaderProps): JSX.Element {
  const { neighbours, trans, onMove } = props;
  const sides = [
    {
      side: 'previous',
      icon: caretLeftIcon,
      label: trans.__('Previous run'),
      why: trans.__('This is the first run of the job')
    },
    {
      side: 'next',
      icon: caretRightIcon,
      label: trans.__('Next run'),
      why: trans.__('This is the last run of the job')
    }
  ] as const;
  return (
    <span className="jp-OrchestJobs-moves">
      {sides.map(({ side, icon: Icon, label, why }) => {
        const can = neighbours[side] !== null;
        const hint = trans.__('%1, with the same step in view', label);
        return (
          // Not `disabled`: then nobody would get to the reason.
          <button
            key={side}
            className="jp-OrchestJobs-iconButton"
            aria-label={label}
            aria-disabled={!can || undefined}
            title={can ? hint : why}
            onClick={() => onMove(side)}
          >
            <Icon.react tag="span" />
          </button>
        );
      })}
    </span>
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
