/** Which columns are shown, and in which order. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';

import {
  AS_IT_IS,
  IArrangement,
  isShown,
  moved,
  ordered,
  withShown
} from '../../domain/arrangement';
import { IColumn } from './columns';

export function ColumnMenu(props: {
  columns: readonly IColumn[];
  arrangement: IArrangement;
  trans: TranslationBundle;
  onArrange: (arrangement: IArrangement) => void;
}): JSX.Element {
  const { columns, arrangement, trans, onArrange } = props;
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) {
      return;
    }
    const onDown = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) {
        setOpen(false);
      }
    };
    document.addEventListener('pointerdown', onDown, true);
    return () => document.removeEventListener('pointerdown', onDown, true);
  }, [open]);
  const choices = ordered(columns, arrangement).filter(({ fixed }) => !fixed);
  return (
    <span
      ref={root}
      className="jp-OrchestJobs-menuRoot"
      onKeyDown={event => {
        if (open && event.key === 'Escape') {
          event.stopPropagation();
          setOpen(false);
          button.current?.focus();
        }
      }}
    >
      <button
        ref={button}
        className="jp-OrchestJobs-button jp-mod-styled"
        aria-expanded={open}
        title={trans.__('Choose which columns are shown, and their order')}
        onClick={() => setOpen(!open)}
      >
        {trans.__('Columns')} <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <div
          className="jp-OrchestJobs-menu"
          role="group"
          aria-label={trans.__('Columns')}
        >
          <ul>
            {choices.map((column, at) => (
              <li key={column.key}>
                <label>
                  <input
                    type="checkbox"
                    checked={isShown(column, arrangement)}
                    onChange={event =>
                      onArrange(
                        withShown(
                          arrangement,
                          column.key,
                          event.currentTarget.checked
                        )
                      )
                    }
                  />
                  <span title={column.title}>{column.title}</span>
                </label>
                {[-1, 1].map(by => (
                  <button
                    key={by}
                    className="jp-OrchestJobs-menuMove"
                    disabled={by < 0 ? at === 0 : at === choices.length - 1}
                    aria-label={
                      by < 0
                        ? trans.__('Move %1 to the left', column.title)
                        : trans.__('Move %1 to the right', column.title)
                    }
                    onClick={() =>
                      onArrange(moved(columns, arrangement, column.key, by))
                    }
                  >
                    <span aria-hidden="true">{by < 0 ? '↑' : '↓'}</span>
                  </button>
                ))}
              </li>
            ))}
          </ul>
          <button
            className="jp-OrchestJobs-link"
            onClick={() => onArrange(AS_IT_IS)}
          >
            {trans.__('As it was at first')}
          </button>
        </div>
      )}
    </span>
  );
}
