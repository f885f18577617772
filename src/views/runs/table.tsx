/**
 * Runs as a grid: only the rows and columns that can be seen are in the page, so that ten thousand
 * runs scroll like ten. The grid has the focus; the active row is told by aria-activedescendant.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useCallback, useEffect, useRef, useState } from 'react';

import { RunKey } from '../../api/client';
import { Run } from '../../api/types';
import { elapsed } from '../../domain/durations';
import { exactTime } from '../../domain/times';
import { useObservable } from '../../hooks/observable';
import { RunsModel } from '../../models/runs';
import { RunSelection } from '../../models/runselection';
import { IColumn, leastWidth, templateOf } from './columns';
import { Head } from './head';
import { deedOf, IPlace } from './keys';
import { RunRow } from './row';
import { useColumnWindow } from './window';

export interface IRunsTableProps {
  readonly model: RunsModel;
  readonly selection: RunSelection;
  readonly columns: readonly IColumn[];
  readonly jobs: ReadonlyMap<string, string> | null;
  readonly label: string;
  readonly now: number;
  readonly locale: string;
  readonly trans: TranslationBundle;
  readonly onWidth: (key: string, width: number) => void;
  /** Open a run, at a step if one was chosen. */
  readonly onOpen: (id: string, step?: string) => void;
  readonly onDelete: () => void;
  /** A context menu is about to open for this run. */
  readonly onPoint: (run: Run) => void;
}

const ROW_HEIGHT = 28;
/** Rows beyond those that can be seen, so that there is something to scroll to. */
const OVERSCAN = 6;

export function RunsTable(props: IRunsTableProps): JSX.Element {
  const { model, selection, columns, trans, onOpen } = props;
  const state = useObservable(model);
  const { ids } = useObservable(selection);
  const { sort, filter, total } = state;
  const rows = state.rows ?? NO_ROWS;
  const scroller = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<IPlace>({ row: 0, cell: -1 });
  const id = React.useId();
  const template = React.useMemo(() => templateOf(columns), [columns]);
  const minWidth = leastWidth(columns);
  const longest = React.useMemo(() => longestOf(rows), [rows]);
  const virtual = useVirtualizer({
    count: total,
    estimateSize: () => ROW_HEIGHT,
    getScrollElement: () => scroller.current,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_HEIGHT
  });
  const { from, to } = useColumnWindow(scroller, columns);
  const items = virtual.getVirtualItems();
  const firstShown = virtual.range?.startIndex ?? 0;
  const lastShown = items.length > 0 ? items[items.length - 1].index : 0;
  useEffect(() => {
    model.ensure(firstShown, lastShown);
  }, [model, firstShown, lastShown, rows.length]);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setPlace(old => ({ ...old, row: 0 }));
  }, [sort, filter]);

  const isCell = ({ kind }: IColumn) => kind === 'step';
  const size = {
    rows: total,
    first: columns.findIndex(isCell),
    last: columns.map(isCell).lastIndexOf(true)
  };
  const act = (deed: NonNullable<ReturnType<typeof deedOf>>) => {
    switch (deed.deed) {
      case 'move':
        if (deed.extend) {
          selection.extend(deed.to.row, place.row);
        }
        setPlace(deed.to);
        virtual.scrollToIndex(deed.to.row);
        scrollToCell(scroller.current, columns, deed.to.cell);
        break;
      case 'open': {
        const run = rows[place.row];
        if (run !== undefined) {
          onOpen(run.id, columns[place.cell]?.step);
        }
        break;
      }
      case 'toggle':
        selection.toggle(place.row);
        break;
      case 'all':
        void selection.all();
        break;
      case 'none':
        selection.clear();
        break;
      case 'delete':
        props.onDelete();
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target !== event.currentTarget || total === 0) {
      return; // A sort button in the head.
    }
    const deed = deedOf(event, place, size);
    if (deed !== null) {
      event.preventDefault();
      event.stopPropagation(); // JupyterLab has meanings of its own for some of them.
      act(deed);
    }
  };

  const onClick = (event: React.MouseEvent) => {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>('[data-index]');
    if (row === null) {
      return;
    }
    const index = Number(row.dataset.index);
    const cell = target.closest<HTMLElement>('[role="gridcell"]');
    const column = columns[Number(cell?.getAttribute('aria-colindex')) - 1];
    setPlace({
      row: index,
      cell: column?.step === undefined ? -1 : columns.indexOf(column)
    });
    if (event.shiftKey) {
      selection.extend(index, place.row);
    } else if (event.ctrlKey || event.metaKey || column?.kind === 'select') {
      selection.toggle(index);
    } else if (rows[index] !== undefined) {
      onOpen(rows[index].id, column?.step);
    }
  };

  const onContextMenu = (event: React.MouseEvent) => {
    const byKeyboard = event.target === event.currentTarget;
    const row = (event.target as Element).closest<HTMLElement>('[data-index]');
    const index = byKeyboard ? place.row : Number(row?.dataset.index ?? -1);
    if (rows[index] === undefined) {
      event.stopPropagation(); // The head, or below the last row: no run is meant.
      return;
    }
    setPlace({ row: index, cell: -1 });
    props.onPoint(rows[index]);
  };

  const onSort = useCallback((key: RunKey) => model.sortBy(key), [model]);
  const onSelectAll = useCallback(
    (all: boolean) => (all ? void selection.all() : selection.clear()),
    [selection]
  );
  const isActive = items.some(({ index }) => index === place.row);
  const active = `${id}-${place.row}`;
  return (
    <div
      ref={scroller}
      className="jp-OrchestJobs-runs"
      role="grid"
      aria-label={props.label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-multiselectable="true"
      aria-busy={state.asking}
      aria-activedescendant={
        !isActive
          ? undefined
          : place.cell >= from && place.cell < to
            ? `${active}-${place.cell}`
            : active
      }
      tabIndex={0}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
      onMouseDown={event => {
        if (event.shiftKey) {
          event.preventDefault(); // Rows are selected, not their texts.
          event.currentTarget.focus();
        }
      }}
      onClick={onClick}
      onMouseOver={tellExactly}
    >
      <Head
        columns={columns}
        from={from}
        to={to}
        template={template}
        minWidth={minWidth}
        sort={sort}
        selected={ids.size === 0 ? 'none' : ids.size >= total ? 'all' : 'some'}
        trans={trans}
        onSort={onSort}
        onSelectAll={onSelectAll}
        onWidth={props.onWidth}
      />
      <div
        className="jp-OrchestJobs-runsBody"
        role="rowgroup"
        style={{ height: virtual.getTotalSize(), minWidth }}
      >
        {items.map(({ index, start }) => (
          <RunRow
            key={rows[index]?.id ?? index}
            id={`${id}-${index}`}
            run={rows[index]}
            index={index}
            top={start}
            active={index === place.row}
            activeCell={index === place.row ? place.cell : -1}
            selected={ids.has(rows[index]?.id ?? '')}
            columns={columns}
            from={from}
            to={to}
            template={template}
            longest={longest}
            now={props.now}
            locale={props.locale}
            jobs={props.jobs}
            trans={trans}
          />
        ))}
      </div>
    </div>
  );
}

const NO_ROWS: readonly Run[] = [];

/** Seconds that a run took; made once for each answer. */
const TOOK = new WeakMap<Run, number>();

function longestOf(runs: readonly Run[]): number {
  let longest = 0;
  for (const run of runs) {
    let took = TOOK.get(run);
    if (took === undefined) {
      const { started_at, finished_at } = run;
      took =
        finished_at === null ? 0 : (elapsed(started_at, finished_at, 0) ?? 0);
      TOOK.set(run, took);
    }
    longest = Math.max(longest, took);
  }
  return longest;
}

/** What a cell can't show whole is made out when somebody wants to know it. */
function tellExactly(event: React.MouseEvent): void {
  const target = event.target as HTMLElement;
  if (target.title !== '') {
    return;
  }
  if (target instanceof HTMLTimeElement) {
    target.title = exactTime(
      target.dateTime,
      document.documentElement.lang.replace('_', '-')
    );
  } else if (
    target.getAttribute('role') === 'gridcell' &&
    target.scrollWidth > target.clientWidth
  ) {
    target.title = target.textContent ?? '';
  }
}

function scrollToCell(
  scroller: HTMLElement | null,
  columns: readonly IColumn[],
  cell: number
): void {
  if (scroller === null || cell < 0) {
    return;
  }
  const fixed = columns.filter(({ fixed }) => fixed);
  const left = leastWidth(columns.slice(0, cell));
  const most = left - leastWidth(fixed);
  const least = left + columns[cell].width - scroller.clientWidth;
  scroller.scrollLeft = Math.min(most, Math.max(least, scroller.scrollLeft));
}
