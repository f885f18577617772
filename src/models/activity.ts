/** How many jobs run, and how many failed since somebody looked. */

import { Job } from '../api/types';
import { hasEnded } from '../domain/status';
import { JobsModel } from './jobs';
import { SharedStorage } from './storage';
import { Store } from './store';

export interface IActivityState {
  readonly running: readonly Job[];
  /** Failed jobs that ended after the list was last looked at in this browser. */
  readonly failed: number;
}

const SEEN = 'failures seen until';

/** Whether something of it is executed, or about to be. */
export function isActive(job: Job): boolean {
  return (
    !hasEnded(job.status) &&
    (job.status === 'running' ||
      job.runs.running + job.runs.pending > 0 ||
      (job.status === 'draft' && job.start_requested))
  );
}

export class ActivityModel extends Store<IActivityState> {
  constructor(
    private readonly _jobs: JobsModel,
    private readonly _storage: SharedStorage
  ) {
    super({ running: [], failed: 0 });
    _jobs.changed.connect(this._count, this);
    _storage.changed.connect(this._count, this);
    this._count();
  }

  /** Somebody looks at the list. */
  look(): void {
    const { jobs } = this._jobs.state;
    if (jobs !== null) {
      // By the server's clock, not this one's.
      const ends = jobs.map(job => job.finished_at ?? '');
      this._seen = ends.reduce((a, b) => (a > b ? a : b), '');
      this._storage.set(SEEN, this._seen);
      this._count();
    }
  }

  private _count(): void {
    const { jobs } = this._jobs.state;
    if (jobs === null) {
      return;
    }
    const seen = this._storage.get(SEEN) ?? this._seen;
    if (seen === null) {
      this.look(); // What was before the first time is no news.
      return;
    }
    const running = jobs.filter(isActive);
    const old = this.state.running;
    const same =
      running.length === old.length &&
      running.every((job, i) => job === old[i]);
    this.update({
      running: same ? old : running,
      failed: jobs.filter(
        job => job.status === 'failed' && (job.finished_at ?? '') > seen
      ).length
    });
  }

  /** Where nothing can be stored, it is kept here. */
  private _seen: string | null = null;
}
