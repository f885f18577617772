/**
 * Combinations as a grid of which only the rows that can be seen are in the page. The grid has the
 * focus; the active row is told by aria-activedescendant, and whether it is included by
 * aria-selected.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useEffect, useId, useRef, useState } from 'react';

import { Combination } from '../../../api/types';
import { formatText } from '../../../domain/values';
import { uiLocale } from '../../../hooks/clock';
import { useObservable } from '../../../hooks/observable';
import { GridModel } from '../../../models/grid';
import { mostRows } from './tallest';

export interface IGridColumn {
  readonly key: string;
  readonly label: string;
  /** Characters of its longest value or of its label. */
  readonly chars: number;
}

const ROW_HEIGHT = 26;
const PAGE_STEP = 10;
const FIXED = ['72px', '88px'];
const MOST_CHARS = 32;

export function GridTable(props: {
  model: GridModel;
  columns: readonly IGridColumn[];
  readOnly: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, columns, readOnly, trans } = props;
  const { matching, total, pages } = useObservable(model);
  const [active, setActive] = useState(0);
  /** Where a range begins. */
  const anchor = useRef(0);
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const rows = matching ?? total;
  const count = Math.min(rows, mostRows(ROW_HEIGHT));
  const virtual = useVirtualizer({
    count,
    estimateSize: () => ROW_HEIGHT,
    getScrollElement: () => scroller.current,
    overscan: 8,
    scrollPaddingStart: ROW_HEIGHT
  });
  const items = virtual.getVirtualItems();
  const first = items.length > 0 ? items[0].index : 0;
  const last = items.length > 0 ? items[items.length - 1].index : 0;
  useEffect(() => {
    model.ensure(first, last);
  }, [model, first, last, pages, count]);
  const cursor = Math.min(active, Math.max(0, count - 1));

  const toggle = (place: number, ranged: boolean) => {
    const row = model.row(place);
    if (readOnly || row === undefined) {
      return;
    }
    const from = ranged ? Math.min(anchor.current, count - 1) : place;
    // A range becomes what its beginning is.
    const include = ranged
      ? (model.row(from)?.included ?? !row.included)
      : !row.included;
    if (!ranged) {
      anchor.current = place;
    }
    setActive(place);
    void model.chooseRows(from, place, include);
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    const moves: Record<string, number> = {
      ArrowDown: cursor + 1,
      ArrowUp: cursor - 1,
      PageDown: cursor + PAGE_STEP,
      PageUp: cursor - PAGE_STEP,
      Home: 0,
      End: count - 1
    };
    if (event.key in moves) {
      event.preventDefault();
      const to = Math.max(0, Math.min(count - 1, moves[event.key]));
      setActive(to);
      virtual.scrollToIndex(to);
    } else if (event.key === ' ') {
      event.preventDefault();
      toggle(cursor, event.shiftKey);
    }
  };

  const widths = columns.map(({ chars }) => Math.min(chars, MOST_CHARS) + 3);
  const template = [
    ...FIXED,
    ...widths.map(width => `minmax(${width}ch, 1fr)`)
  ].join(' ');
  const minWidth = `calc(${[...FIXED, ...widths.map(width => `${width}ch`)].join(' + ')})`;
  return (
    <>
      <div
        ref={scroller}
        className="jp-OrchestJobs-grid"
        role="grid"
        aria-label={trans.__('Combinations')}
        aria-multiselectable="true"
        aria-readonly={readOnly || undefined}
        aria-rowcount={rows + 1}
        aria-colcount={columns.length + 2}
        aria-activedescendant={
          count > 0 && cursor >= first && cursor <= last
            ? `${id}-${cursor}`
            : undefined
        }
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div
          className="jp-OrchestJobs-gridHead"
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: template, minWidth }}
        >
          <div role="columnheader">{trans.__('Include')}</div>
          <div role="columnheader" data-align="end">
            {trans.__('Run')}
          </div>
          {columns.map(({ key, label }) => (
            <div key={key} role="columnheader" title={label}>
              {label}
            </div>
          ))}
        </div>
        {count > 0 && (
          <div
            className="jp-OrchestJobs-gridBody"
            role="rowgroup"
            style={{ height: virtual.getTotalSize(), minWidth }}
          >
            {items.map(({ index, start }) => (
              <GridRow
                key={index}
                id={`${id}-${index}`}
                place={index}
                row={model.row(index)}
                top={start}
                active={index === cursor}
                columns={columns}
                template={template}
                trans={trans}
                onToggle={toggle}
              />
            ))}
          </div>
        )}
      </div>
      {count < rows && (
        <p className="jp-OrchestJobs-help">
          {trans.__(
            'A page can’t be longer than these %1 rows. Use the filter to see others.',
            count.toLocaleString(uiLocale() || undefined)
          )}
        </p>
      )}
    </>
  );
}

function GridRow(props: {
  id: string;
  place: number;
  row: Combination | undefined;
  top: number;
  active: boolean;
  columns: readonly IGridColumn[];
  template: string;
  trans: TranslationBundle;
  onToggle: (place: number, ranged: boolean) => void;
}): JSX.Element {
  const { id, place, row, top, active, columns, template, trans } = props;
  const number = ((row?.index ?? place) + 1).toLocaleString(
    uiLocale() || undefined
  );
  return (
    <div
      id={id}
      className="jp-OrchestJobs-combination"
      role="row"
      aria-rowindex={place + 2}
      aria-selected={row?.included ?? false}
      aria-busy={row === undefined || undefined}
      data-active={active || undefined}
      style={{
        gridTemplateColumns: template,
        transform: `translateY(${top}px)`
      }}
      onMouseDown={event => {
        if (event.shiftKey) {
          event.preventDefault(); // No selection of text.
        }
      }}
      onClick={event => props.onToggle(place, event.shiftKey)}
    >
      <div role="gridcell">
        {row !== undefined && (
          <input
            type="checkbox"
            tabIndex={-1}
            checked={row.included}
            aria-label={trans.__('Include run %1', number)}
            onChange={() => undefined} // The row is told of the click.
          />
        )}
      </div>
      <div role="gridcell" data-align="end">
        {row === undefined ? '' : number}
      </div>
      {columns.map(({ key }, at) => (
        <div key={key} role="gridcell" className="jp-OrchestJobs-gridValue">
          {row === undefined ? (
            <span className="jp-OrchestJobs-blank" />
          ) : (
            <span title={row.texts[at]}>{formatText(row.texts[at])}</span>
          )}
        </div>
      ))}
    </div>
  );
}
