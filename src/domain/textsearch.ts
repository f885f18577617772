/** Finding text in the blocks of a log. */

import { ISpan } from './ansi';

/** Where a block holds what is sought: from `start` until before `end`. */
export interface IMatch {
  readonly block: number;
  readonly start: number;
  readonly end: number;
}

export interface IMatches {
  readonly items: readonly IMatch[];
  /** There are more than these. */
  readonly more: boolean;
}

/** More marks than this help nobody, and make a page slow. */
export const MOST_MATCHES = 2_000;

/** Where texts hold a query, whatever the case of its letters; nothing for an empty one. */
export function findAll(
  texts: readonly string[],
  query: string,
  most = MOST_MATCHES
): IMatches {
  const items: IMatch[] = [];
  if (query === '') {
    return { items, more: false };
  }
  const sought = new RegExp(
    query.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
    'giu'
  );
  for (const [block, text] of texts.entries()) {
    for (const found of text.matchAll(sought)) {
      if (items.length === most) {
        return { items, more: true };
      }
      const start = found.index ?? 0;
      items.push({ block, start, end: start + found[0].length });
    }
  }
  return { items, more: false };
}

/** A piece of styled text; `match` is the number of the match that it belongs to. */
export interface IMarkedSpan extends ISpan {
  readonly match: number | null;
}

/** Styled text cut where matches begin and end. */
export function markSpans(
  spans: readonly ISpan[],
  matches: readonly Pick<IMatch, 'start' | 'end'>[]
): IMarkedSpan[] {
  const pieces: IMarkedSpan[] = [];
  let at = 0;
  let next = 0;
  for (const span of spans) {
    const end = at + span.text.length;
    let from = at;
    while (from < end) {
      while (next < matches.length && matches[next].end <= from) {
        next += 1;
      }
      const match = matches[next];
      const inside = match !== undefined && match.start <= from;
      const to = Math.min(
        end,
        match === undefined ? end : inside ? match.end : match.start
      );
      const text = span.text.slice(from - at, to - at);
      pieces.push({ ...span, text, match: inside ? next : null });
      from = to;
    }
    at = end;
  }
  return pieces;
}
