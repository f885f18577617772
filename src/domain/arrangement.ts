/** Which columns a table has, in which order and how wide: what the user chose, over defaults. */

export interface IArrangeable {
  readonly key: string;
  /** Pixels. */
  readonly width: number;
  /** Only shown if the user wants it. */
  readonly extra?: boolean;
  /** Always shown, and where it is. */
  readonly fixed?: boolean;
}

export interface IArrangement {
  /** Keys in the user's order; empty if it is the natural one. */
  readonly order: readonly string[];
  /** Key → whether it is shown, where the user has said so. */
  readonly shown: Readonly<Record<string, boolean>>;
  /** Key → pixels, where the user has said so. */
  readonly widths: Readonly<Record<string, number>>;
}

export const AS_IT_IS: IArrangement = { order: [], shown: {}, widths: {} };

const NARROWEST_PX = 48;
const WIDEST_PX = 1_000;

/** All columns in the order they are to have; new ones beside those they naturally follow. */
export function ordered<T extends IArrangeable>(
  columns: readonly T[],
  { order }: IArrangement
): T[] {
  const known = new Map(columns.map(column => [column.key, column]));
  const result = order.flatMap(key => known.get(key) ?? []);
  const placed = new Set(result.map(({ key }) => key));
  columns.forEach((column, index) => {
    if (!placed.has(column.key)) {
      const before = columns[index - 1]?.key;
      const at = result.findIndex(({ key }) => key === before);
      result.splice(at + 1, 0, column);
    }
  });
  return [
    ...result.filter(({ fixed }) => fixed),
    ...result.filter(({ fixed }) => !fixed)
  ];
}

export function isShown(
  column: IArrangeable,
  { shown }: IArrangement
): boolean {
  return column.fixed === true || (shown[column.key] ?? !column.extra);
}

/** The columns that are shown, in order, with their widths. */
export function arranged<T extends IArrangeable>(
  columns: readonly T[],
  arrangement: IArrangement
): T[] {
  return ordered(columns, arrangement)
    .filter(column => isShown(column, arrangement))
    .map(column => {
      const width = arrangement.widths[column.key];
      return width === undefined ? column : { ...column, width, grows: false };
    });
}

export function withShown(
  arrangement: IArrangement,
  key: string,
  shown: boolean
): IArrangement {
  return { ...arrangement, shown: { ...arrangement.shown, [key]: shown } };
}

export function withWidth(
  arrangement: IArrangement,
  key: string,
  width: number
): IArrangement {
  const px = Math.round(Math.min(WIDEST_PX, Math.max(NARROWEST_PX, width)));
  return { ...arrangement, widths: { ...arrangement.widths, [key]: px } };
}

/** A column moved by some places among those that can be moved. */
export function moved<T extends IArrangeable>(
  columns: readonly T[],
  arrangement: IArrangement,
  key: string,
  by: number
): IArrangement {
  const keys = ordered(columns, arrangement)
    .filter(({ fixed }) => !fixed)
    .map(column => column.key);
  const from = keys.indexOf(key);
  const to = from + by;
  if (from < 0 || to < 0 || to >= keys.length) {
    return arrangement;
  }
  keys.splice(from, 1);
  keys.splice(to, 0, key);
  return { ...arrangement, order: keys };
}

/** An arrangement as it was kept; what isn't one any more is left out. */
export function readArrangement(kept: unknown): IArrangement {
  const { order, shown, widths } = (kept ?? {}) as Record<string, unknown>;
  return {
    order: Array.isArray(order)
      ? order.filter(key => typeof key === 'string')
      : [],
    shown: entriesOf(shown, 'boolean'),
    widths: entriesOf(widths, 'number')
  };
}

function entriesOf<V>(kept: unknown, type: string): Record<string, V> {
  return Object.fromEntries(
    Object.entries(kept ?? {}).filter(([, value]) => typeof value === type)
  ) as Record<string, V>;
}
