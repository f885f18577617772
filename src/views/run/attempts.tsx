/** The attempts of a run, if it was executed more than once. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Attempt, RunDetail } from '../../api/types';
import { StatusLabel } from '../../components/status';
import { elapsed, formatDuration, runTime } from '../../domain/durations';
import { attemptWord } from '../../domain/history';
import { causeWord } from '../../domain/status';

interface IAttemptsProps {
  readonly run: RunDetail;
  readonly now: number;
  readonly trans: TranslationBundle;
}

export function Attempts(props: IAttemptsProps): JSX.Element | null {
  const { run, now, trans } = props;
  if (run.attempts.length === 0) {
    return null;
  }
  const waits = run.status === 'pending';
  const current = { ...run, number: run.attempt + (waits ? 1 : 0) };
  return (
    <div className="jp-OrchestJobs-summary">
      <details className="jp-OrchestJobs-details" open>
        <summary>
          {trans._n('%1 attempt', '%1 attempts', run.attempts.length + 1)}
        </summary>
        <table className="jp-OrchestJobs-history">
          <thead>
            <tr>
              <th scope="col" data-align="end">
                {trans.__('Attempt')}
              </th>
              <th scope="col">{trans.__('Began')}</th>
              <th scope="col">{trans.__('Status')}</th>
              <th scope="col" data-align="end">
                {trans.__('Duration')}
              </th>
              <th scope="col">{trans.__('Cause')}</th>
            </tr>
          </thead>
          <tbody>
            {run.attempts.map(attempt => (
              <Row
                key={attempt.number}
                attempt={attempt}
                took={elapsed(attempt.started_at, attempt.finished_at, now)}
                trans={trans}
              />
            ))}
            <Row attempt={current} took={runTime(run, now)} trans={trans} />
          </tbody>
        </table>
      </details>
    </div>
  );
}

function Row(props: {
  attempt: Pick<Attempt, 'number' | 'kind' | 'status' | 'cause' | 'message'>;
  took: number | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { attempt, took, trans } = props;
  return (
    <tr>
      <td data-align="end">{attempt.number}</td>
      <td>{attemptWord(attempt.kind, trans)}</td>
      <td>
        <StatusLabel thing={{ status: attempt.status }} trans={trans} />
      </td>
      <td data-align="end">{formatDuration(took, trans)}</td>
      <td>
        {causeWord(attempt.cause, trans) || firstLine(attempt.message ?? '')}
      </td>
    </tr>
  );
}

function firstLine(text: string): string {
  return text.split('\n')[0];
}
