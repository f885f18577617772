/**
 * The runs of a job as a grid: only the rows that can be seen are in the page, so that ten thousand
 * runs scroll like ten. The grid has the focus; the active row is told by aria-activedescendant.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useEffect, useRef, useState } from 'react';

import { RunKey, RunSort } from '../../api/client';
import { Run } from '../../api/types';
import { IParameterColumn } from '../../domain/parameters';
import { columnsOf, IColumn, leastWidth, templateOf } from './columns';
import { RunRow } from './runrow';

export interface IRunsTableProps {
  readonly rows: readonly Run[];
  /** Rows that are not loaded yet are shown empty. */
  readonly total: number;
  readonly sort: RunSort;
  readonly parameters: readonly IParameterColumn[];
  readonly metrics: readonly string[];
  /** How many batches there were. */
  readonly batches: number;
  readonly now: number;
  readonly locale: string;
  readonly trans: TranslationBundle;
  readonly onSort: (key: RunKey) => void;
  readonly onEnsure: (index: number) => void;
  readonly onOpen: (id: string) => void;
  /** A context menu is about to open for this run. */
  readonly onPoint: (run: Run) => void;
}

const ROW_HEIGHT = 28;
const PAGE_ROWS = 10;

export function RunsTable(props: IRunsTableProps): JSX.Element {
  const { rows, total, sort, parameters, metrics, batches, trans } = props;
  const { onEnsure, onOpen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const id = React.useId();
  const columns = React.useMemo(
    () => columnsOf(parameters, metrics, batches, trans),
    [parameters, metrics, batches, trans]
  );
  const template = templateOf(columns);
  const minWidth = leastWidth(columns);
  const virtual = useVirtualizer({
    count: total,
    estimateSize: () => ROW_HEIGHT,
    getScrollElement: () => scroller.current,
    overscan: 8,
    scrollPaddingStart: ROW_HEIGHT
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.length > 0 ? items[items.length - 1].index : 0;
  useEffect(() => {
    onEnsure(lastShown);
  }, [lastShown, onEnsure, rows.length]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target !== event.currentTarget) {
      return; // A sort button in the head.
    }
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + PAGE_ROWS,
      PageUp: active - PAGE_ROWS,
      Home: 0,
      End: total - 1
    };
    if (event.key in moves) {
      event.preventDefault();
      const to = Math.max(0, Math.min(total - 1, moves[event.key]));
      setActive(to);
      virtual.scrollToIndex(to);
    } else if (event.key === 'Enter' && rows[active] !== undefined) {
      event.preventDefault();
      onOpen(rows[active].id);
    }
  };

  const onContextMenu = (event: React.MouseEvent) => {
    const row = (event.target as Element).closest('[data-run-id]');
    const byKeyboard = event.target === event.currentTarget;
    const id = byKeyboard ? rows[active]?.id : row?.getAttribute('data-run-id');
    const index = rows.findIndex(run => run.id === id);
    if (index < 0) {
      event.stopPropagation(); // The head, or below the last row: no run is meant.
      return;
    }
    setActive(index);
    props.onPoint(rows[index]);
  };

  return (
    <div
      ref={scroller}
      className="jp-OrchestJobs-runs"
      role="grid"
      aria-label={trans.__('Pipeline runs')}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-activedescendant={`${id}-${active}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
    >
      <div
        className="jp-OrchestJobs-runsHead"
        role="row"
        aria-rowindex={1}
        style={{ gridTemplateColumns: template, minWidth }}
      >
        {columns.map(column => (
          <HeadCell
            key={column.key}
            column={column}
            sort={sort}
            trans={trans}
            onSort={props.onSort}
          />
        ))}
      </div>
      <div
        className="jp-OrchestJobs-runsBody"
        role="rowgroup"
        style={{ height: virtual.getTotalSize(), minWidth }}
      >
        {items.map(item => (
          <RunRow
            key={rows[item.index]?.id ?? item.index}
            id={`${id}-${item.index}`}
            run={rows[item.index]}
            index={item.index}
            top={item.start}
            active={item.index === active}
            columns={columns}
            template={template}
            now={props.now}
            locale={props.locale}
            trans={trans}
            onOpen={onOpen}
            onActivate={setActive}
          />
        ))}
      </div>
    </div>
  );
}

function HeadCell(props: {
  column: IColumn;
  sort: RunSort;
  trans: TranslationBundle;
  onSort: (key: RunKey) => void;
}): JSX.Element {
  const { column, sort, trans, onSort } = props;
  const { sortKey } = column;
  if (sortKey === undefined) {
    return (
      <div
        role="columnheader"
        data-align={column.align}
        title={column.title}
        className="jp-OrchestJobs-headCell"
      >
        <span>{column.title}</span>
      </div>
    );
  }
  const up = sort === sortKey;
  const down = sort === `-${sortKey}`;
  return (
    <div
      role="columnheader"
      data-align={column.align}
      aria-sort={up ? 'ascending' : down ? 'descending' : 'none'}
      className="jp-OrchestJobs-headCell"
    >
      <button
        title={trans.__('Sort by this column')}
        onClick={() => onSort(sortKey)}
      >
        <span>{column.title}</span>
        {(up || down) && <span aria-hidden="true">{up ? '▲' : '▼'}</span>}
      </button>
    </div>
  );
}
