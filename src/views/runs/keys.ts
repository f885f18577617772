/** What keys do in a table of runs. */

export interface IPlace {
  readonly row: number;
  /** The active cell; -1 where only rows can be chosen. */
  readonly cell: number;
}

export interface ISize {
  readonly rows: number;
  /** The cells that can be chosen; none: `last` below `first`. */
  readonly first: number;
  readonly last: number;
}

export interface IKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

export type KeyDeed =
  | { readonly deed: 'move'; readonly to: IPlace; readonly extend: boolean }
  | { readonly deed: 'open' | 'toggle' | 'all' | 'none' | 'delete' };

const PAGE_ROWS = 10;

/** The deed that a key asks for; null if it is not for the table. */
export function deedOf(key: IKey, at: IPlace, size: ISize): KeyDeed | null {
  const ctrl = key.ctrlKey || key.metaKey;
  if (ctrl) {
    return key.key.toLowerCase() === 'a' && !key.shiftKey
      ? { deed: 'all' }
      : null;
  }
  switch (key.key) {
    case 'Enter':
      return { deed: 'open' };
    case ' ':
      return { deed: 'toggle' };
    case 'Escape':
      return { deed: 'none' };
    case 'Delete':
      return { deed: 'delete' };
    default: {
      const to = placeOf(key.key, at, size);
      return to === null ? null : { deed: 'move', to, extend: key.shiftKey };
    }
  }
}

function placeOf(key: string, at: IPlace, size: ISize): IPlace | null {
  const rows: Record<string, number> = {
    ArrowDown: at.row + 1,
    ArrowUp: at.row - 1,
    PageDown: at.row + PAGE_ROWS,
    PageUp: at.row - PAGE_ROWS,
    Home: 0,
    End: size.rows - 1
  };
  if (Object.hasOwn(rows, key)) {
    const row = Math.max(0, Math.min(size.rows - 1, rows[key]));
    return { ...at, row };
  }
  if (size.last < size.first || (key !== 'ArrowLeft' && key !== 'ArrowRight')) {
    return null;
  }
  if (at.cell < 0) {
    return { ...at, cell: size.first };
  }
  const cell = at.cell + (key === 'ArrowRight' ? 1 : -1);
  return { ...at, cell: Math.max(size.first, Math.min(size.last, cell)) };
}
