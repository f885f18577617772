/** What a job's snapshot holds, and whether the project has changed since. */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { SnapshotChanges, SnapshotDetail } from '../api/types';
import { JobModel } from './job';
import { Live } from './live';
import { Store } from './store';

export interface ISnapshotState {
  /** Null until they are known. */
  readonly changes: SnapshotChanges | null;
  /** Asked for when somebody wants to see it. */
  readonly detail: SnapshotDetail | null;
  /** Why the detail is not known; empty if nothing is wrong. */
  readonly message: string;
}

/** Comparing takes the server a moment on a large project. */
const NOT_BEFORE_MS = 3_000;

export class SnapshotModel extends Store<ISnapshotState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    private readonly _job: JobModel,
    private readonly _now: () => number = Date.now
  ) {
    super({ changes: null, detail: null, message: '' });
    _job.changed.connect(this._onJob, this);
    this._onJob();
  }

  /** The project may have changed: compare, unless that was done just now. */
  async compare(): Promise<void> {
    if (this._taken === null || this._now() < this._notBefore) {
      return;
    }
    const taken = this._taken;
    this._notBefore = this._now() + NOT_BEFORE_MS;
    try {
      const changes = await this._client.getSnapshotChanges(this._job.id);
      if (taken === this._taken) {
        this.update({ changes });
      }
    } catch (reason) {
      // Nobody asked for it: that it isn't known is no news.
      if (toApiError(reason).kind === 'unreachable') {
        this._live.report(reason);
      }
    }
  }

  /** Ask what the snapshot holds and lacks. */
  async look(): Promise<void> {
    const taken = this._taken;
    if (taken === null || this.state.detail !== null) {
      return;
    }
    try {
      const detail = await this._client.getSnapshot(this._job.id);
      if (taken === this._taken) {
        this.update({ detail, message: '' });
      }
    } catch (reason) {
      const error = toApiError(reason);
      this.update({ message: error.message });
      this._live.report(reason);
    }
  }

  private _onJob(): void {
    const { value } = this._job.state;
    const { status, taken_at } = value?.snapshot ?? {};
    const taken = status === 'ready' ? (taken_at ?? '') : null;
    if (taken !== this._taken) {
      this._taken = taken;
      this._notBefore = 0;
      this.update({ changes: null, detail: null, message: '' });
      void this.compare();
    }
  }

  private _taken: string | null = null;
  private _notBefore = 0;
}
