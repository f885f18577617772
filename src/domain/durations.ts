/** Spans of time in words. */

import { IWords } from './words';

/** Seconds between two moments; without an end, whole ones until `now` (milliseconds). */
export function elapsed(
  startedAt: string | null,
  finishedAt: string | null,
  now: number
): number | null {
  if (startedAt === null) {
    return null;
  }
  const start = Date.parse(startedAt);
  if (finishedAt !== null) {
    return (Date.parse(finishedAt) - start) / 1000;
  }
  // Clocks of server and browser may differ: never show a negative time.
  return Math.max(0, Math.floor((now - start) / 1000));
}

/** How long the current attempt of a run takes or took; nothing while it waits for another one. */
export function runTime(
  run: {
    readonly status: string;
    readonly started_at: string | null;
    readonly finished_at: string | null;
  },
  now: number
): number | null {
  return run.status === 'pending'
    ? null
    : elapsed(run.started_at, run.finished_at, now);
}

/** "0.4 s", "3 s", "12 s", "1 m 12 s", "3 h 5 m", "2 d 4 h"; empty when there is nothing to say. */
export function formatDuration(seconds: number | null, trans: IWords): string {
  if (seconds === null) {
    return '';
  }
  if (seconds < 9.95 && !Number.isInteger(seconds)) {
    return trans.__('%1 s', seconds.toFixed(1));
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return trans.__('%1 s', whole);
  }
  if (whole < 3600) {
    return trans.__('%1 m %2 s', Math.floor(whole / 60), whole % 60);
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) {
    return trans.__('%1 h %2 m', Math.floor(minutes / 60), minutes % 60);
  }
  const hours = Math.round(seconds / 3600);
  return trans.__('%1 d %2 h', Math.floor(hours / 24), hours % 24);
}
