/** How the quick run of an open pipeline goes, and what can be done about it. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { ActionButton } from '../../components/actionbutton';
import { StatusIcon } from '../../components/status';
import { Moment } from '../../components/time';
import { causeWord, hasEnded, Status } from '../../domain/status';
import { uiLocale, useNow } from '../../hooks/clock';
import { useObservable } from '../../hooks/observable';
import { IQuickRunState } from '../../models/quickrun';
import { IPipelineProps } from './props';

export function QuickBar(props: IPipelineProps): JSX.Element | null {
  const { editor, quick, acts, trans } = props;
  const { job, run } = useObservable(quick);
  const { focused } = useObservable(editor.view);
  const now = useNow(60_000);
  if (job === null) {
    return null;
  }
  const step = focused === null ? undefined : quick.step(focused)?.step;
  return (
    <div
      className="jp-OrchestJobs-quickBar"
      role="region"
      aria-label={trans.__('Quick run')}
    >
      <StatusIcon status={statusOf({ job, run })} />
      <span className="jp-OrchestJobs-quickWords" role="status">
        {wordsOf({ job, run }, trans)}
      </span>
      {job.finished_at !== null && (
        <Moment
          at={job.finished_at}
          // It may have ended since the clock was looked at.
          now={Math.max(now, Date.parse(job.finished_at))}
          locale={uiLocale()}
        />
      )}
      {run !== null && (
        <ActionButton
          label={trans.__('Open run')}
          hint={trans.__('Its logs, notebooks and files')}
          why=""
          onClick={() => acts.openRun(run.id, step)}
        />
      )}
      {hasEnded(job.status) ? (
        <ActionButton
          label={trans.__('Clear')}
          hint={trans.__('Take the states off the canvas')}
          why=""
          onClick={() => quick.clear()}
        />
      ) : (
        <ActionButton
          label={trans.__('Cancel')}
          why={job.cancel_requested ? trans.__('it is being cancelled') : ''}
          onClick={() => acts.cancelQuickRun()}
        />
      )}
    </div>
  );
}

function statusOf({ job, run }: IQuickRunState): Status {
  return run?.status ?? (job?.status === 'draft' ? 'pending' : job!.status);
}

function wordsOf(
  { job, run }: IQuickRunState,
  trans: TranslationBundle
): string {
  const status = run?.status ?? job?.status;
  if (job?.cancel_requested && !hasEnded(job.status)) {
    return trans.__('Quick run: cancelling…');
  }
  switch (status) {
    case 'succeeded':
      return trans.__('Quick run succeeded.');
    case 'failed':
    case 'interrupted':
      return trans.__(
        'Quick run failed: %1',
        run?.message ||
          causeWord(run?.cause ?? null, trans) ||
          job?.message ||
          ''
      );
    case 'cancelled':
      return trans.__('Quick run cancelled.');
    case 'running':
      return run === null
        ? trans.__('Quick run: starting…')
        : trans.__(
            'Quick run: %1 of %2 steps done',
            run.steps_done,
            run.steps_total
          );
    default:
      return run === null
        ? trans.__('Quick run: taking a snapshot of the project…')
        : trans.__('Quick run: waiting for its turn…');
  }
}
