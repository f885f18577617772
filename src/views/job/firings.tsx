/** What became of the firings of a job's schedule: also of those that started nothing. */

import { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import { Firing } from '../../api/types';
import { StatusIcon } from '../../components/status';
import { firingLosses, outcomeIcon, outcomeWord } from '../../domain/history';
import { exactTime } from '../../domain/times';
import { uiLocale } from '../../hooks/clock';
import { IHistoryState } from '../../models/history';

interface IFiringsProps {
  readonly history: IHistoryState;
  readonly trans: TranslationBundle;
  readonly onMore: () => void;
}

export function Firings(props: IFiringsProps): JSX.Element {
  const { history, trans, onMore } = props;
  const { firings, more } = history;
  const losses = firingLosses(firings, trans);
  return (
    <>
      {losses !== '' && (
        <p>{more ? trans.__('%1 among the latest', losses) : losses}</p>
      )}
      {firings.length === 0 ? (
        <p>{trans.__('The schedule has not fired yet.')}</p>
      ) : (
        <FiringTable firings={firings} trans={trans} />
      )}
      {more && (
        <Button className="jp-OrchestJobs-more" minimal onClick={onMore}>
          {trans.__('Show older firings')}
        </Button>
      )}
    </>
  );
}

function FiringTable(props: {
  firings: readonly Firing[];
  trans: TranslationBundle;
}): JSX.Element {
  const { firings, trans } = props;
  return (
    <table className="jp-OrchestJobs-history">
      <thead>
        <tr>
          <th scope="col">{trans.__('Outcome')}</th>
          <th scope="col">{trans.__('Due')}</th>
          <th scope="col" data-align="end">
            {trans.__('Firings')}
          </th>
          <th scope="col" data-align="end">
            {trans.__('Batch')}
          </th>
          <th scope="col">{trans.__('Reason')}</th>
        </tr>
      </thead>
      <tbody>
        {firings.map(firing => (
          <tr key={`${firing.at} ${firing.outcome}`}>
            <td>
              <span className="jp-OrchestJobs-status">
                <StatusIcon status={outcomeIcon(firing.outcome)} />
                <span>{outcomeWord(firing.outcome, trans)}</span>
              </span>
            </td>
            <td>{dueOf(firing, trans)}</td>
            <td data-align="end">{firing.count}</td>
            <td data-align="end">{firing.batch}</td>
            <td>{firing.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function dueOf({ at, until }: Firing, trans: TranslationBundle): string {
  const locale = uiLocale();
  return at === until
    ? exactTime(at, locale)
    : trans.__('%1 to %2', exactTime(at, locale), exactTime(until, locale));
}
