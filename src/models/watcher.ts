/** Tells once when a job ends that was started from this browser. */

import { ISignal, Signal } from '@lumino/signaling';

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { IChange } from '../api/events';
import { Job } from '../api/types';
import { hasEnded, JobStatus } from '../domain/status';
import { Live } from './live';

/** Where the ids of the jobs are kept over a reload of the page. */
export interface IMemory {
  load(): Promise<string[]>;
  save(ids: string[]): Promise<void>;
}

export class Watcher {
  constructor(
    private readonly _client: IJobsClient,
    live: Live,
    private readonly _memory: IMemory | null
  ) {
    live.hint.connect(this._onHint, this);
    live.missed.connect(this._checkAll, this);
    void this._remember();
  }

  /** A watched job has ended. */
  get ended(): ISignal<this, Job> {
    return this._ended;
  }

  /** @param before - the end that the job has had already, if it is to run once more. */
  watch(id: string, before: string | null = null): void {
    this._watched.set(id, before);
    this._save();
    void this._check(id);
  }

  private async _remember(): Promise<void> {
    for (const id of (await this._memory?.load()) ?? []) {
      this._watched.set(id, this._watched.get(id) ?? null);
    }
    this._checkAll();
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
      if (hasEnded(job.status) && fresh && this._watched.delete(id)) {
        this._save();
        this._ended.emit(job);
      }
    } catch (reason) {
      if (toApiError(reason).status === 404 && this._watched.delete(id)) {
        this._save();
      }
      // Else: asked again with the next hint, or when the server is back.
    }
  }

  private _save(): void {
    void this._memory?.save([...this._watched.keys()]);
  }

  /** Id → the end that doesn't count. */
  private _watched = new Map<string, string | null>();
  private _ended = new Signal<this, Job>(this);
}
