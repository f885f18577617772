/** Bringing a list up to date without touching what stayed the same. */

export interface IVersioned {
  readonly id: string;
  readonly revision: number;
}

export interface IMerged<T> {
  /** The list, with new objects only for what changed; the same list if nothing did. */
  readonly items: readonly T[];
  /** Changed things that the list doesn't hold. */
  readonly unknown: readonly T[];
}

/**
 * The newer of two versions; the old object if they are the same. A job keeps its revision while
 * the counts of its runs change, so equal revisions don't mean equal contents.
 */
export function newer<T extends { readonly revision: number }>(
  old: T,
  fresh: T
): T {
  if (fresh.revision < old.revision) {
    return old;
  }
  return JSON.stringify(fresh) === JSON.stringify(old) ? old : fresh;
}

/** Put newer versions in the places of the older ones; an older version never wins. */
export function mergeChanged<T extends IVersioned>(
  items: readonly T[],
  changed: readonly T[]
): IMerged<T> {
  const places = new Map(items.map((item, index) => [item.id, index]));
  const unknown: T[] = [];
  let merged: T[] | null = null;
  for (const item of changed) {
    const place = places.get(item.id);
    if (place === undefined) {
      unknown.push(item);
    } else if (newer(items[place], item) !== items[place]) {
      merged ??= [...items];
      merged[place] = item;
    }
  }
  return { items: merged ?? items, unknown };
}

/** A list fetched anew, with the old objects for what did not change. */
export function keepUnchanged<T extends IVersioned>(
  old: readonly T[],
  fresh: readonly T[]
): readonly T[] {
  const known = new Map(old.map(item => [item.id, item]));
  const kept = fresh.map(item => newer(known.get(item.id) ?? item, item));
  const same =
    kept.length === old.length &&
    kept.every((item, index) => item === old[index]);
  return same ? old : kept;
}
