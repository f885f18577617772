/**
 * One run in a table. Rows are made and dropped while one scrolls, so they are plain elements with
 * plain texts; whatever needs time (exact times, handlers) is left to the table.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Run, StepCell } from '../../api/types';
import { pinIcon, statusIcons } from '../../components/icons';
import { elapsed, formatDuration, runTime } from '../../domain/durations';
import { textOf } from '../../domain/parameters';
import { formatBytes } from '../../domain/sizes';
import {
  shownIcon,
  shownStatus,
  Status,
  statusWord
} from '../../domain/status';
import { relativeTime } from '../../domain/times';
import { formatNumber, formatText } from '../../domain/values';
import { IColumn } from './columns';

export interface IRowProps {
  /** Id of the element, and the beginning of its cells' ids. */
  readonly id: string;
  /** Undefined until it is loaded. */
  readonly run: Run | undefined;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly active: boolean;
  /** The active cell, where cells can be chosen. */
  readonly activeCell: number;
  readonly selected: boolean;
  readonly columns: readonly IColumn[];
  /** The columns that are drawn; fixed ones always are. */
  readonly from: number;
  readonly to: number;
  readonly template: string;
  /** Seconds that the longest run took. */
  readonly longest: number;
  readonly now: number;
  readonly locale: string;
  /** Id → name of the jobs, where there are several. */
  readonly jobs: ReadonlyMap<string, string> | null;
  readonly trans: TranslationBundle;
}

export const RunRow = React.memo(function RunRow(
  props: IRowProps
): JSX.Element {
  const { id, run, index, columns, from, to } = props;
  return (
    <div
      id={id}
      className="jp-OrchestJobs-run"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={props.selected}
      data-active={props.active || undefined}
      data-index={index}
      data-run-id={run?.id}
      style={{ gridTemplateColumns: props.template, top: props.top }}
    >
      {columns.map((column, at) =>
        column.fixed === true || (at >= from && at < to) ? (
          <div
            key={column.key}
            id={props.active ? `${id}-${at}` : undefined}
            role="gridcell"
            aria-colindex={at + 1}
            data-kind={column.kind}
            data-align={column.align === 'end' ? 'end' : undefined}
            data-fixed={column.fixed}
            data-active={props.activeCell === at || undefined}
            style={{ gridColumn: at + 1 }}
          >
            {run === undefined ? (
              <span className="jp-OrchestJobs-blank" />
            ) : (
              cellOf(props, run, column)
            )}
          </div>
        ) : null
      )}
    </div>
  );
}, isSameRow);

/** The clock moves only what is not over, and that which was lately. */
function isSameRow(old: IRowProps, fresh: IRowProps): boolean {
  const keys = Object.keys(fresh) as (keyof IRowProps)[];
  return keys.every(
    key =>
      old[key] === fresh[key] ||
      (key === 'now' &&
        (fresh.run === undefined ||
          fresh.run.started_at === null ||
          (fresh.run.finished_at !== null && fresh.now - old.now < 30_000)))
  );
}

/** The same element for every run of a state: React passes over it. */
const ICONS = Object.fromEntries(
  Object.entries(statusIcons).map(([status, { svgstr }]) => [
    status,
    <span
      key="icon"
      className="jp-OrchestJobs-statusIcon"
      data-status={status}
      aria-hidden="true"
      dangerouslySetInnerHTML={{ __html: svgstr }} // Our own picture, never a text of others.
    />
  ])
) as Record<Status, JSX.Element>;

const BOX = <span className="jp-OrchestJobs-box" aria-hidden="true" />;
const Pin = pinIcon.react;

function cellOf(props: IRowProps, run: Run, column: IColumn): React.ReactNode {
  const { trans } = props;
  switch (column.kind) {
    case 'select':
      return BOX;
    case 'number':
      return run.pinned ? (
        <>
          <Pin
            className="jp-OrchestJobs-pin"
            tag="span"
            title={trans.__('Pinned')}
          />
          {run.number}
        </>
      ) : (
        run.number
      );
    case 'job':
      return props.jobs?.get(run.job_id) ?? trans.__('Job %1', run.job_number);
    case 'batch':
      return run.batch;
    case 'status':
      return (
        <>
          {ICONS[shownIcon(run)]}
          {shownStatus(run, trans)}
        </>
      );
    case 'parameter':
      return formatText(
        column.parameter && textOf(run.texts, column.parameter)
      );
    case 'metric':
      return formatNumber(run.metrics[column.title]);
    case 'duration':
      return durationOf(props, run);
    case 'started_at':
      return momentOf(run.started_at, props);
    case 'finished_at':
      return momentOf(run.finished_at, props);
    case 'reason':
      return [run.failed_step, run.message].filter(text => text).join(': ');
    case 'attempt':
      return run.attempt;
    case 'size':
      return run.size_bytes === null ? '' : formatBytes(run.size_bytes);
    case 'step':
      return stepOf(cellsOf(run).get(column.step ?? ''), props);
  }
}

function durationOf(props: IRowProps, run: Run): React.ReactNode {
  const took = runTime(run, props.now);
  if (took === null) {
    return null;
  }
  const share = Math.min(1, took / Math.max(props.longest, 0.001));
  return (
    <>
      <span
        className="jp-OrchestJobs-took"
        style={{ width: `${(share * 100).toFixed(0)}%` }}
      />
      {formatDuration(took, props.trans)}
    </>
  );
}

function momentOf(at: string | null, props: IRowProps): React.ReactNode {
  return at === null ? null : (
    <time dateTime={at}>{relativeTime(at, props.now, props.locale)}</time>
  );
}

function stepOf(cell: StepCell | undefined, props: IRowProps): React.ReactNode {
  if (cell === undefined) {
    return null;
  }
  const { trans, now } = props;
  const word = statusWord(cell.status, trans);
  const took = elapsed(cell.started_at, cell.finished_at, now);
  return (
    <span className="jp-OrchestJobs-cell" title={word}>
      {ICONS[cell.status]}
      <span className="jp-OrchestJobs-hidden">{word}</span>
      {formatDuration(took, trans)}
    </span>
  );
}

/** Step → its state, made once for each answer. */
const CELLS = new WeakMap<Run, ReadonlyMap<string, StepCell>>();

function cellsOf(run: Run): ReadonlyMap<string, StepCell> {
  let cells = CELLS.get(run);
  if (cells === undefined) {
    cells = new Map((run.cells ?? []).map(cell => [cell.step, cell]));
    CELLS.set(run, cells);
  }
  return cells;
}
