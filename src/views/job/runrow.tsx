/** One run in the table. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Run } from '../../api/types';
import { pinIcon } from '../../components/icons';
import { StatusLabel } from '../../components/status';
import { Moment } from '../../components/time';
import { formatDuration, runTime } from '../../domain/durations';
import { valueOf } from '../../domain/parameters';
import { formatNumber, formatValue } from '../../domain/values';
import { IColumn } from './columns';

export interface IRunRowProps {
  readonly id: string;
  /** Undefined until it is loaded. */
  readonly run: Run | undefined;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly active: boolean;
  readonly columns: readonly IColumn[];
  readonly template: string;
  readonly now: number;
  readonly locale: string;
  readonly trans: TranslationBundle;
  readonly onOpen: (id: string) => void;
  readonly onActivate: (index: number) => void;
}

export const RunRow = React.memo(function RunRow(
  props: IRunRowProps
): JSX.Element {
  const { run, index, columns, onOpen, onActivate } = props;
  return (
    <div
      id={props.id}
      className="jp-OrchestJobs-run"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={props.active}
      data-run-id={run?.id}
      style={{
        gridTemplateColumns: props.template,
        transform: `translateY(${props.top}px)`
      }}
      onClick={() => {
        onActivate(index);
        if (run !== undefined) {
          onOpen(run.id);
        }
      }}
    >
      {columns.map(column => (
        <div
          key={column.key}
          role="gridcell"
          data-column={column.key}
          data-align={column.align}
        >
          {run === undefined ? (
            <span className="jp-OrchestJobs-blank" />
          ) : (
            <Cell {...props} run={run} column={column} />
          )}
        </div>
      ))}
    </div>
  );
}, sameRow);

/** The clock moves only what is not over. */
function sameRow(old: IRunRowProps, fresh: IRunRowProps): boolean {
  const keys = Object.keys(fresh) as (keyof IRunRowProps)[];
  return keys.every(
    key =>
      old[key] === fresh[key] ||
      (key === 'now' &&
        (fresh.run === undefined ||
          fresh.run.started_at === null ||
          (fresh.run.finished_at !== null && fresh.now - old.now < 30_000)))
  );
}

const Pin = pinIcon.react;

function Cell(
  props: IRunRowProps & { run: Run; column: IColumn }
): JSX.Element | null {
  const { run, column, trans, now } = props;
  switch (column.kind) {
    case 'number':
      return (
        <>
          {run.pinned && (
            <Pin
              className="jp-OrchestJobs-pin"
              tag="span"
              title={trans.__('Pinned')}
            />
          )}
          <span>{run.number}</span>
        </>
      );
    case 'batch':
      return <span>{run.batch}</span>;
    case 'status':
      return <StatusLabel thing={run} trans={trans} />;
    case 'parameter': {
      const text = formatValue(
        column.parameter && valueOf(run.parameters, column.parameter)
      );
      return <span title={text}>{text}</span>;
    }
    case 'metric':
      return <span>{formatNumber(run.metrics[column.title])}</span>;
    case 'duration': {
      const took = runTime(run, now);
      return <span>{formatDuration(took, trans)}</span>;
    }
    case 'started_at':
      return run.started_at === null ? null : (
        <Moment at={run.started_at} now={now} locale={props.locale} />
      );
  }
}
