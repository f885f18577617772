/** Some runs side by side: what they were given and what came out. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Run } from '../../api/types';
import { ActionButton } from '../../components/actionbutton';
import { StatusLabel } from '../../components/status';
import { formatDuration, runTime } from '../../domain/durations';
import { IParameterColumn, textOf } from '../../domain/parameters';
import { formatNumber, formatText } from '../../domain/values';

interface ICompareProps {
  readonly runs: readonly Run[];
  readonly parameters: readonly IParameterColumn[];
  readonly jobs: ReadonlyMap<string, string> | null;
  readonly trans: TranslationBundle;
  readonly onOpen: (id: string) => void;
  readonly onClose: () => void;
}

interface ILine {
  readonly title: string;
  readonly texts: readonly string[];
}

export function Compare(props: ICompareProps): JSX.Element {
  const { runs, parameters, jobs, trans, onOpen, onClose } = props;
  const metrics = [...new Set(runs.flatMap(run => Object.keys(run.metrics)))];
  const groups: [string, ILine[]][] = [
    [trans.__('Parameters'), linesOfParameters(runs, parameters, trans)],
    [
      trans.__('Metrics'),
      metrics.map(name => ({
        title: name,
        texts: runs.map(run => formatNumber(run.metrics[name]))
      }))
    ],
    [
      trans.__('Course'),
      [
        {
          title: trans.__('Duration'),
          texts: runs.map(run =>
            formatDuration(runTime(run, Date.now()), trans)
          )
        },
        {
          title: trans.__('Attempt'),
          texts: runs.map(run => String(run.attempt))
        },
        {
          title: trans.__('What went wrong'),
          texts: runs.map(run =>
            [run.failed_step, run.message].filter(text => text).join(': ')
          )
        }
      ]
    ]
  ];
  return (
    <div
      className="jp-OrchestJobs-compare"
      role="region"
      aria-label={trans.__('Comparison')}
      tabIndex={0}
    >
      <ActionButton
        label={trans.__('Back to the runs')}
        why=""
        onClick={onClose}
      />
      <table>
        <thead>
          <tr>
            <td />
            {runs.map(run => (
              <th key={run.id} scope="col">
                <button
                  className="jp-OrchestJobs-link"
                  onClick={() => onOpen(run.id)}
                >
                  {jobs === null
                    ? trans.__('Run %1', run.number)
                    : trans.__(
                        '%1, run %2',
                        jobs.get(run.job_id) ?? run.job_number,
                        run.number
                      )}
                </button>
                <StatusLabel thing={run} trans={trans} />
              </th>
            ))}
          </tr>
        </thead>
        {groups
          .filter(([, lines]) => lines.length > 0)
          .map(([title, lines]) => (
            <tbody key={title}>
              <tr>
                <th colSpan={runs.length + 1} scope="rowgroup">
                  {title}
                </th>
              </tr>
              {lines.map(line => (
                <tr
                  key={line.title}
                  data-differs={new Set(line.texts).size > 1 || undefined}
                >
                  <th scope="row">{line.title}</th>
                  {line.texts.map((text, index) => (
                    <td key={runs[index].id}>{text}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          ))}
      </table>
    </div>
  );
}

/** Also those that other jobs, or earlier batches of this one, have. */
function linesOfParameters(
  runs: readonly Run[],
  known: readonly IParameterColumn[],
  trans: TranslationBundle
): ILine[] {
  const lines = new Map<string, ILine>();
  const add = (scope: string, name: string, title: string) => {
    const key = JSON.stringify([scope, name]);
    if (!lines.has(key)) {
      const place = { scope, name };
      const texts = runs.map(run => formatText(textOf(run.texts, place)));
      lines.set(key, { title, texts });
    }
  };
  known.forEach(({ scope, name, label }) => add(scope, name, label));
  for (const { texts } of runs) {
    for (const [scope, names] of Object.entries(texts)) {
      Object.keys(names).forEach(name => add(scope, name, name));
    }
  }
  return [...lines.values()];
}
