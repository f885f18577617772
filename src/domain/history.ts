/** What came of a job over time: firings of its schedule, and attempts of a run, in words. */

import { Status } from './status';
import { IWords } from './words';

export type FiringOutcome = 'fired' | 'queued' | 'skipped' | 'missed';

/** The word of an outcome. */
export function outcomeWord(outcome: FiringOutcome, trans: IWords): string {
  switch (outcome) {
    case 'fired':
      return trans.__('Started');
    case 'queued':
      return trans.__('Waiting');
    case 'skipped':
      return trans.__('Skipped');
    case 'missed':
      return trans.__('Missed');
  }
}

/** The state whose icon an outcome shares. */
export function outcomeIcon(outcome: FiringOutcome): Status {
  const icons: Record<FiringOutcome, Status> = {
    fired: 'scheduled',
    queued: 'pending',
    skipped: 'skipped',
    missed: 'interrupted'
  };
  return icons[outcome];
}

/** "2 skipped, 15 missed": what did not become a batch; empty if all did. */
export function firingLosses(
  firings: readonly {
    readonly outcome: FiringOutcome;
    readonly count: number;
  }[],
  trans: IWords
): string {
  const sum = (outcome: FiringOutcome) =>
    firings
      .filter(firing => firing.outcome === outcome)
      .reduce((total, { count }) => total + count, 0);
  const skipped = sum('skipped');
  const missed = sum('missed');
  return [
    skipped > 0 ? trans._n('%1 skipped', '%1 skipped', skipped) : '',
    missed > 0 ? trans._n('%1 missed', '%1 missed', missed) : ''
  ]
    .filter(text => text !== '')
    .join(', ');
}

export type AttemptKind = 'first' | 'retry' | 'resume';

/** What an attempt began with. */
export function attemptWord(kind: AttemptKind, trans: IWords): string {
  switch (kind) {
    case 'first':
      return trans.__('First');
    case 'retry':
      return trans.__('From the beginning');
    case 'resume':
      return trans.__('From the failed step');
  }
}
