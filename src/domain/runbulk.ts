/** The same act on many runs: on which of them it is possible, and why not on the others. */

import { IRunFacts, RunAct, whyNotRun } from './permits';
import { IWords } from './words';

export type BulkAct = Extract<RunAct, 'cancel' | 'retry' | 'resume' | 'delete'>;

export const BULK_ACTS: readonly BulkAct[] = [
  'retry',
  'resume',
  'cancel',
  'delete'
];

export interface IBulkPlan<R> {
  /** The runs on which the act is possible as far as it is known here. */
  readonly able: readonly R[];
  /** Reason → how many of the others it keeps back. */
  readonly reasons: ReadonlyMap<string, number>;
}

export function planBulk<R extends IRunFacts>(
  act: BulkAct,
  runs: readonly R[],
  trans: IWords
): IBulkPlan<R> {
  const able: R[] = [];
  const reasons = new Map<string, number>();
  for (const run of runs) {
    const why = whyNotRun(act, run, trans);
    if (why === '') {
      able.push(run);
    } else {
      reasons.set(why, (reasons.get(why) ?? 0) + 1);
    }
  }
  return { able, reasons };
}

/** The items in pieces of at most this many. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  const pieces: T[][] = [];
  for (let at = 0; at < items.length; at += size) {
    pieces.push(items.slice(at, at + size));
  }
  return pieces;
}
