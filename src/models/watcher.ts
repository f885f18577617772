/** Tells when a job ends that was started from this browser, whichever of its windows it was. */

import { ISignal, Signal } from '@lumino/signaling';

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { IChange } from '../api/events';
import { Job } from '../api/types';
import { hasEnded, JobStatus } from '../domain/status';
import { Live } from './live';
import { SharedStorage } from './storage';

const WATCHED = 'watched ';

export class Watcher {
  constructor(
    private readonly _client: IJobsClient,
    live: Live,
    private readonly _storage: SharedStorage
  ) {
    live.hint.connect(this._onHint, this);
    live.missed.connect(this._checkAll, this);
    _storage.changed.connect(this._remember, this);
    this._remember();
    this._checkAll();
  }

  /** A watched job has ended. */
  get ended(): ISignal<this, Job> {
    return this._ended;
  }

  /** @param before - the end that the job has had already, if it is to run once more. */
  watch(id: string, before: string | null = null): void {
    this._watched.set(id, before);
    this._storage.set(WATCHED + id, before ?? '');
    void this._check(id);
  }

  /** Know what other windows watch; those that they saw the end of are still told of here. */
  private _remember(): void {
    for (const id of this._storage.keys(WATCHED)) {
      if (!this._watched.has(id)) {
        this._watched.set(id, this._storage.get(WATCHED + id) || null);
      }
    }
  }

  private _onHint(_: Live, change: IChange): void {
    if (
      change.kind === 'job' &&
      this._watched.has(change.id) &&
      hasEnded(change.status as JobStatus)
    ) {
      void this._check(change.id);
    }
  }

  private _checkAll(): void {
    for (const id of this._watched.keys()) {
      void this._check(id);
    }
  }

  private async _check(id: string): Promise<void> {
    try {
      const job = await this._client.getJob(id);
      // Two answers may be under way: only the first one that knows of the end tells.
      const before = this._watched.get(id) ?? null;
      const fresh = before === null || job.finished_at !== before;
      if (hasEnded(job.status) && fresh && this._forget(id)) {
        this._ended.emit(job);
      }
    } catch (reason) {
      if (toApiError(reason).status === 404) {
        this._forget(id);
      }
      // Else: asked again with the next hint, or when the server is back.
    }
  }

  private _forget(id: string): boolean {
    this._storage.remove(WATCHED + id);
    return this._watched.delete(id);
  }

  /** Id → the end that doesn't count. */
  private _watched = new Map<string, string | null>();
  private _ended = new Signal<this, Job>(this);
}
