/** The head of a table of runs: sorts, selects all, makes columns wider. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { RunKey, RunSort } from '../../api/client';
import { IColumn } from './columns';

export interface IHeadProps {
  readonly columns: readonly IColumn[];
  readonly from: number;
  readonly to: number;
  readonly template: string;
  readonly minWidth: number;
  readonly sort: RunSort;
  /** Whether all, some or no listed runs are selected. */
  readonly selected: 'all' | 'some' | 'none';
  readonly trans: TranslationBundle;
  readonly onSort: (key: RunKey) => void;
  readonly onSelectAll: (all: boolean) => void;
  readonly onWidth: (key: string, width: number) => void;
}

/** Pixels that a key press makes a column wider. */
const STEP_PX = 16;

export const Head = React.memo(function Head(props: IHeadProps): JSX.Element {
  const { columns, from, to, template, minWidth } = props;
  return (
    <div
      className="jp-OrchestJobs-runsHead"
      role="row"
      aria-rowindex={1}
      style={{ gridTemplateColumns: template, minWidth }}
    >
      {columns.map((column, at) =>
        column.fixed === true || (at >= from && at < to) ? (
          <HeadCell key={column.key} {...props} column={column} at={at} />
        ) : null
      )}
    </div>
  );
});

function HeadCell(
  props: IHeadProps & { column: IColumn; at: number }
): JSX.Element {
  const { column, at, sort, selected, trans, onSort } = props;
  const { sortKey } = column;
  const up = sortKey !== undefined && sort === sortKey;
  const down = sortKey !== undefined && sort === `-${sortKey}`;
  return (
    <div
      role="columnheader"
      aria-colindex={at + 1}
      data-kind={column.kind}
      data-align={column.align === 'end' ? 'end' : undefined}
      data-fixed={column.fixed}
      aria-sort={
        sortKey === undefined
          ? undefined
          : up
            ? 'ascending'
            : down
              ? 'descending'
              : 'none'
      }
      className="jp-OrchestJobs-headCell"
      style={{ gridColumn: at + 1 }}
    >
      {column.kind === 'select' ? (
        <button
          role="checkbox"
          aria-checked={selected === 'some' ? 'mixed' : selected === 'all'}
          aria-label={trans.__('Select all runs')}
          title={trans.__('Select all runs, or none')}
          onClick={() => props.onSelectAll(selected !== 'all')}
        >
          <span className="jp-OrchestJobs-box" data-state={selected} />
        </button>
      ) : sortKey === undefined ? (
        <span className="jp-OrchestJobs-headTitle" title={column.title}>
          {column.title}
        </span>
      ) : (
        <button
          title={trans.__(
            '%1: sort by this column; Alt with ← or → changes its width',
            column.title
          )}
          aria-label={column.title}
          onClick={() => onSort(sortKey)}
          onKeyDown={event => {
            const by = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key];
            if (event.altKey && by !== undefined) {
              event.preventDefault();
              const { offsetWidth } = event.currentTarget.parentElement!;
              props.onWidth(column.key, offsetWidth + by);
            }
          }}
        >
          <span className="jp-OrchestJobs-headTitle">{column.title}</span>
          {(up || down) && <span aria-hidden="true">{up ? '▲' : '▼'}</span>}
        </button>
      )}
      {column.fixed !== true && (
        <span
          className="jp-OrchestJobs-widen"
          aria-hidden="true"
          onPointerDown={event => startWidening(event, props)}
        />
      )}
    </div>
  );
}

/** Follow the pointer until it is let go. */
function startWidening(
  event: React.PointerEvent<HTMLElement>,
  props: IHeadProps & { column: IColumn }
): void {
  event.preventDefault();
  const handle = event.currentTarget;
  const start = event.clientX;
  const width = handle.parentElement?.offsetWidth ?? props.column.width;
  handle.setPointerCapture(event.pointerId);
  const move = (to: PointerEvent) => {
    props.onWidth(props.column.key, width + to.clientX - start);
  };
  const stop = () => {
    handle.removeEventListener('pointermove', move);
    handle.removeEventListener('lostpointercapture', stop);
  };
  handle.addEventListener('pointermove', move);
  handle.addEventListener('lostpointercapture', stop);
}
