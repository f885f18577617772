/** Where keys lead in the list. */

import { JobLine } from '../../domain/joblist';

/** As many lines as Page Up and Page Down skip. */
const PAGE = 8;

/** The line that a key leads to; null if it leads nowhere. */
export function moveOf<J>(
  event: { key: string },
  lines: readonly JobLine<J>[],
  current: number,
  /** None is current yet: the first key leads to the first line. */
  none: boolean
): number | null {
  const last = lines.length - 1;
  const moves: Record<string, number> = {
    ArrowDown: none ? 0 : current + 1,
    ArrowUp: current - 1,
    PageDown: current + PAGE,
    PageUp: current - PAGE,
    Home: 0,
    End: last
  };
  if (event.key in moves) {
    return Math.max(0, Math.min(last, moves[event.key]));
  }
  if (event.key === 'ArrowLeft' && lines[current].kind === 'job') {
    // To the project of the job.
    let index = current;
    while (lines[index].kind === 'job') {
      index -= 1;
    }
    return index;
  }
  return null;
}
