/** All jobs, newest first, kept up to date; and which of them are selected. */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { IChange } from '../api/events';
import { Job, RetryKind } from '../api/types';
import { keepUnchanged, mergeChanged } from '../domain/merge';
import { Live } from './live';
import { Refresher } from './refresher';
import { Store } from './store';

export interface IJobsState {
  /** Null until the first answer. */
  readonly jobs: readonly Job[] | null;
  /** Whether there are older jobs than those loaded. */
  readonly more: boolean;
  /** The one that commands are about. */
  readonly selected: string | null;
  /** All that are selected, `selected` among them. */
  readonly marked: readonly string[];
}

/** As many as the server gives at once. */
const PAGE = 500;
/** Loaded without being asked for: schedules may be old, and a filter has to find them. */
const ENOUGH = 5_000;

export class JobsModel extends Store<IJobsState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live
  ) {
    super({ jobs: null, more: false, selected: null, marked: [] });
    this._refresher = new Refresher(() => this._refresh());
    _live.hint.connect(this._onHint, this);
    _live.missed.connect(this._onMissed, this);
  }

  select(id: string | null): void {
    const { selected, marked } = this.state;
    if (id !== selected || marked.length > 1) {
      this.update({ selected: id, marked: id === null ? [] : [id] });
    }
  }

  /** Select several. */
  mark(ids: readonly string[], selected: string | null): void {
    this.update({ marked: ids, selected });
  }

  /** Ask for everything anew. */
  refresh(): void {
    this._onMissed();
  }

  find(id: string | null): Job | undefined {
    return this.state.jobs?.find(job => job.id === id);
  }

  /** Load older jobs. */
  async loadMore(): Promise<void> {
    if (this._cursor === null || this._loadingMore) {
      return;
    }
    this._loadingMore = true;
    try {
      const cursor = this._cursor;
      const page = await this._client.listJobs({ cursor, limit: PAGE });
      const have = this.state.jobs ?? [];
      const known = new Set(have.map(job => job.id));
      this._cursor = page.next_cursor;
      this.update({
        jobs: [...have, ...page.items.filter(job => !known.has(job.id))],
        more: page.next_cursor !== null
      });
    } catch (reason) {
      this._live.report(reason);
    } finally {
      this._loadingMore = false;
    }
  }

  /** @throws ApiError */
  start(id: string, accept: readonly string[] = []): Promise<void> {
    return this._show(this._client.startJob(id, accept));
  }

  /** @throws ApiError */
  pause(id: string): Promise<void> {
    return this._show(this._client.pauseJob(id));
  }

  /** @throws ApiError */
  resume(id: string): Promise<void> {
    return this._show(this._client.resumeJob(id));
  }

  /** @throws ApiError */
  runNow(id: string): Promise<void> {
    return this._show(this._client.runNow(id));
  }

  /** @throws ApiError */
  retryBatch(id: string, batch: number, kind: RetryKind): Promise<void> {
    return this._show(this._client.retryBatch(id, batch, kind));
  }

  /** @throws ApiError */
  cancel(id: string): Promise<void> {
    return this._show(this._client.cancelJob(id));
  }

  /** @throws ApiError */
  async delete(id: string): Promise<void> {
    await this._client.deleteJob(id);
    this._remove(id);
  }

  /** A job that was just created, so that it needn't be asked for. */
  add(job: Job): void {
    this._take([job]);
  }

  override dispose(): void {
    this._refresher.dispose();
    super.dispose();
  }

  /** Show an answer at once, here and in all that looks at the job. */
  private async _show(answer: Promise<Job>): Promise<void> {
    const job = await answer;
    this._take([job]);
    const { id, status, revision } = job;
    this._live.tell({ kind: 'job', id, job_id: id, status, revision });
  }

  private _onHint(_: Live, change: IChange): void {
    this._hinted.add(change.job_id);
    this._refresher.request();
  }

  private _onMissed(): void {
    this._everything = true;
    this._refresher.request();
  }

  private async _refresh(): Promise<void> {
    const hinted = [...this._hinted];
    const everything = this._everything || this.state.jobs === null;
    this._hinted.clear();
    this._everything = false;
    try {
      if (everything) {
        await this._reload();
      } else {
        await this._catchUp(hinted);
      }
    } catch (reason) {
      // The next answer has to bring what this one did not.
      this._everything = true;
      this._live.report(reason);
    }
  }

  /** Ask for as many as are shown, and at least for enough. */
  private async _reload(): Promise<void> {
    const have = this.state.jobs ?? [];
    const enough = Math.max(have.length, ENOUGH);
    const first = await this._client.listJobs({ limit: PAGE });
    let { items, next_cursor: cursor } = first;
    if (this.state.jobs === null) {
      // Show what there is before the rest has come.
      this.update({ jobs: items, more: cursor !== null });
    }
    while (cursor !== null && items.length < enough) {
      const page = await this._client.listJobs({ cursor, limit: PAGE });
      const known = new Set(items.map(job => job.id));
      items = [...items, ...page.items.filter(job => !known.has(job.id))];
      cursor = page.next_cursor;
    }
    // What changed between the pages comes with the next question.
    this._revision = first.revision;
    this._cursor = cursor;
    const there = new Set(items.map(job => job.id));
    const now = this.state.jobs ?? [];
    // Made from here while the server was answering.
    const made = now.filter(
      job => job.revision > first.revision && !there.has(job.id)
    );
    this.update({
      jobs: keepUnchanged(now, [...made, ...items]),
      more: cursor !== null
    });
    this._forget(id => this.find(id) === undefined);
  }

  /** Ask for what changed; a job that was hinted at has to be among it, or is asked for. */
  private async _catchUp(hinted: string[]): Promise<void> {
    const page = await this._client.listJobs({ since: this._revision });
    this._revision = page.revision;
    page.deleted.forEach(id => this._remove(id));
    this._take(page.items);
    const came = new Set([...page.deleted, ...page.items.map(job => job.id)]);
    for (const id of hinted) {
      if (!came.has(id) && this.find(id) !== undefined) {
        await this._check(id);
      }
    }
  }

  private async _check(id: string): Promise<void> {
    try {
      this._take([await this._client.getJob(id)]);
    } catch (reason) {
      if (toApiError(reason).status !== 404) {
        throw reason;
      }
      this._remove(id);
    }
  }

  private _take(changed: readonly Job[]): void {
    const have = this.state.jobs ?? [];
    const { items, unknown } = mergeChanged(
      have,
      // The list has none of them, also when one was changed from here.
      changed.filter(({ quick }) => !quick)
    );
    const oldest = this.state.more ? (have[have.length - 1]?.number ?? 0) : 0;
    const fresh = unknown.filter(job => job.number > oldest);
    this.update({
      jobs:
        fresh.length === 0
          ? items
          : [...fresh, ...items].sort((a, b) => b.number - a.number)
    });
  }

  private _remove(id: string): void {
    if (this.find(id) !== undefined) {
      const jobs = this.state.jobs?.filter(job => job.id !== id) ?? null;
      this.update({ jobs });
      this._forget(gone => gone === id);
    }
  }

  /** What is gone can't be selected. */
  private _forget(isGone: (id: string) => boolean): void {
    const { selected, marked } = this.state;
    if (marked.some(isGone)) {
      this.update({
        selected: selected === null || isGone(selected) ? null : selected,
        marked: marked.filter(id => !isGone(id))
      });
    }
  }

  private _refresher: Refresher;
  private _revision = 0;
  private _cursor: string | null = null;
  private _loadingMore = false;
  private _everything = false;
  private _hinted = new Set<string>();
}
