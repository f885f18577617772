/** What happened to a job: its batches, and firings of its schedule that started none. */

import { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useEffect } from 'react';

import { Batch, JobDetail } from '../../api/types';
import { Notice } from '../../components/notice';
import { ProgressBar } from '../../components/progress';
import { bad, runProgress } from '../../domain/progress';
import { exactTime } from '../../domain/times';
import { uiLocale } from '../../hooks/clock';
import { useObservable } from '../../hooks/observable';
import { HistoryModel } from '../../models/history';
import { Firings } from './firings';

interface IActivityProps {
  readonly job: JobDetail;
  readonly model: HistoryModel;
  readonly trans: TranslationBundle;
  readonly onRetry: (batch: number) => void;
}

export function Activity(props: IActivityProps): JSX.Element {
  const { job, model, trans } = props;
  const history = useObservable(model);
  const { batches, moreBatches, message } = history;
  useEffect(() => {
    if (model.state.batches.length === 0) {
      model.showBatches();
    }
  }, [model]);
  return (
    <div className="jp-OrchestJobs-pane" tabIndex={0}>
      {message !== '' && <Notice kind="error">{message}</Notice>}
      {job.schedule.kind !== 'now' && (
        <section>
          <h2>{trans.__('Firings')}</h2>
          <Firings
            history={history}
            trans={trans}
            onMore={() => model.showMore()}
          />
        </section>
      )}
      <section>
        <h2>{trans.__('Batches')}</h2>
        {job.batches === 0 ? (
          <p>{trans.__('There has been none yet.')}</p>
        ) : (
          <Batches {...props} batches={batches} />
        )}
        {moreBatches && (
          <Button
            className="jp-OrchestJobs-more"
            minimal
            onClick={() => model.showBatches()}
          >
            {trans.__('Show older batches')}
          </Button>
        )}
      </section>
    </div>
  );
}

function Batches(
  props: IActivityProps & { batches: readonly Batch[] }
): JSX.Element {
  const { job, batches, trans, onRetry } = props;
  const locale = uiLocale();
  const causes: Record<string, string> = {
    manual: trans.__('by hand'),
    schedule: trans.__('by the schedule'),
    retry: trans.__('by a retry')
  };
  return (
    <table className="jp-OrchestJobs-history">
      <thead>
        <tr>
          <th scope="col" data-align="end">
            {trans.__('Batch')}
          </th>
          <th scope="col">{trans.__('Started')}</th>
          <th scope="col">{trans.__('Why')}</th>
          <th scope="col">{trans.__('Runs')}</th>
          <th scope="col">{trans.__('Failed')}</th>
        </tr>
      </thead>
      <tbody>
        {batches.map(batch => {
          const failed = bad(batch.runs);
          return (
            <React.Fragment key={batch.number}>
              <tr>
                <td data-align="end">{batch.number}</td>
                <td>{exactTime(batch.created_at, locale)}</td>
                <td>
                  {causes[batch.cause] ?? batch.cause}
                  {batch.scheduled_at !== null &&
                    `, ${trans.__('due %1', exactTime(batch.scheduled_at, locale))}`}
                </td>
                <td>
                  <span className="jp-OrchestJobs-batchRuns">
                    {runProgress(batch.runs, trans)}
                    <ProgressBar counts={batch.runs} />
                  </span>
                </td>
                <td>
                  {failed > 0 && (
                    <>
                      {failed}{' '}
                      <button
                        className="jp-OrchestJobs-link"
                        aria-label={trans.__(
                          'Retry the failed runs of batch %1 of %2',
                          batch.number,
                          job.name
                        )}
                        onClick={() => onRetry(batch.number)}
                      >
                        {trans.__('Retry…')}
                      </button>
                    </>
                  )}
                </td>
              </tr>
              {batch.warnings.map(text => (
                <tr key={text}>
                  <td />
                  <td colSpan={4}>
                    <Notice kind="warning">{text}</Notice>
                  </td>
                </tr>
              ))}
            </React.Fragment>
          );
        })}
      </tbody>
    </table>
  );
}
