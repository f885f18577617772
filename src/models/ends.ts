/** Tells of every job that ends while this window is open, whoever started it. */

import { ISignal, Signal } from '@lumino/signaling';

import { Job } from '../api/types';
import { hasEnded } from '../domain/status';
import { JobsModel } from './jobs';

export class Ends {
  constructor(private readonly _jobs: JobsModel) {
    _jobs.changed.connect(this._look, this);
    this._look();
  }

  get ended(): ISignal<this, Job> {
    return this._ended;
  }

  private _look(): void {
    const { jobs } = this._jobs.state;
    if (jobs === null || jobs === this._before) {
      return;
    }
    const first = this._before === null;
    this._before = jobs;
    const newest = this._newest;
    for (const job of jobs) {
      const { id, number, finished_at } = job;
      const end = hasEnded(job.status) ? finished_at : null;
      const known = this._seen.has(id);
      // Older ones, loaded later, have ended long ago.
      const news = known ? this._seen.get(id) !== end : number > newest;
      this._seen.set(id, end);
      this._newest = Math.max(this._newest, number);
      if (!first && news && end !== null) {
        this._ended.emit(job);
      }
    }
  }

  private _before: readonly Job[] | null = null;
  /** Id → when it ended, or null. */
  private _seen = new Map<string, string | null>();
  private _newest = 0;
  private _ended = new Signal<this, Job>(this);
}
