/** Which combinations are run: how many, and each of them to be included or left out. */

import React from 'react';

import { Notice } from '../../../components/notice';
import { labelOf } from '../../../domain/gridfilter';
import { uiLocale } from '../../../hooks/clock';
import { useObservable } from '../../../hooks/observable';
import { GridFilter } from './filter';
import { GridTable } from './grid';
import { ISectionProps } from './section';

export function PipelineRuns(props: ISectionProps): JSX.Element {
  const { job, grid: model, readOnly, trans } = props;
  const { total, included, axes, message, refusal } = useObservable(model);
  const number = (count: number) =>
    count.toLocaleString(uiLocale() || undefined);
  const several = job.parameters.filter(({ texts }) => texts.length !== 1);
  const columns = React.useMemo(() => {
    const known = job.parameters.filter(({ texts }) => texts.length !== 1);
    return axes.map(axis => {
      const parameter = known.find(
        one => one.scope === axis.scope && one.name === axis.name
      );
      const label =
        parameter === undefined ? axis.name : labelOf(parameter, known);
      const lengths = (parameter?.texts ?? []).map(text => text.length);
      const chars = lengths.reduce((a, b) => Math.max(a, b), label.length);
      return { key: `${axis.scope}/${axis.name}`, label, chars };
    });
  }, [axes, job.parameters]);
  const words = trans
    ._n('%1 combination', '%1 combinations', total)
    .replace(String(total), number(total));
  return (
    <div className="jp-OrchestJobs-combinations">
      <p className="jp-OrchestJobs-count" role="status">
        {included === null
          ? words
          : included === total
            ? trans.__('%1 · all included', words)
            : trans.__('%1 · %2 included', words, number(included))}
      </p>
      {included === 0 && (
        <Notice kind="warning">
          {trans.__(
            'No run is left with these values. Include at least one to start the job.'
          )}
        </Notice>
      )}
      {message !== '' ? (
        <Notice kind="error">{message}</Notice>
      ) : several.length === 0 ? (
        <p className="jp-OrchestJobs-help">
          {trans.__(
            'The pipeline is run once. Give a parameter several values to run it for each of them.'
          )}
        </p>
      ) : (
        <>
          <GridFilter
            model={model}
            parameters={several}
            readOnly={readOnly}
            trans={trans}
          />
          {refusal !== '' && (
            <Notice kind="warning" live>
              {refusal}
            </Notice>
          )}
          <GridTable
            model={model}
            columns={columns}
            readOnly={readOnly}
            trans={trans}
          />
        </>
      )}
    </div>
  );
}
