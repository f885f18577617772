/** How far a job is. */

import { IWords } from './words';

export interface IRunCounts {
  readonly total: number;
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly interrupted: number;
}

export interface ISnapshot {
  readonly status: string;
  readonly files: number;
  readonly files_done: number;
}

/** One part of a progress bar. */
export interface ISegment {
  readonly kind: 'succeeded' | 'failed' | 'cancelled' | 'running';
  /** Share of the whole, 0 to 1. */
  readonly share: number;
}

/** Runs that have ended, however. */
export function ended(counts: IRunCounts): number {
  return (
    counts.succeeded + counts.failed + counts.cancelled + counts.interrupted
  );
}

/** Runs that ended badly. */
export function bad(counts: IRunCounts): number {
  return counts.failed + counts.interrupted;
}

/** The parts of the bar from the left; what is left over has not started. */
export function segments(counts: IRunCounts): ISegment[] {
  const parts: [ISegment['kind'], number][] = [
    ['succeeded', counts.succeeded],
    ['failed', bad(counts)],
    ['cancelled', counts.cancelled],
    ['running', counts.running]
  ];
  return parts
    .filter(([, n]) => n > 0)
    .map(([kind, n]) => ({ kind, share: n / counts.total }));
}

/** "7 of 24 runs". */
export function runProgress(counts: IRunCounts, trans: IWords): string {
  return trans._n('%2 of %1 run', '%2 of %1 runs', counts.total, ended(counts));
}

/** What there is to say before the first run, or null once the snapshot is ready. */
export function snapshotProgress(
  snapshot: ISnapshot,
  trans: IWords
): string | null {
  switch (snapshot.status) {
    case 'waiting':
      return trans.__('Waiting to take the snapshot');
    case 'copying':
      return trans._n(
        'Taking the snapshot: %2 of %1 file',
        'Taking the snapshot: %2 of %1 files',
        snapshot.files,
        snapshot.files_done
      );
    default:
      return null;
  }
}
