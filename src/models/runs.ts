/** The runs of a job: loaded from the start as far as they are looked at, and kept up to date. */

import { IJobsClient, RunKey, RunSort } from '../api/client';
import { toApiError } from '../api/errors';
import { IChange } from '../api/events';
import { Run } from '../api/types';
import { keepUnchanged, mergeChanged } from '../domain/merge';
import { Live } from './live';
import { Refresher } from './refresher';
import { Store } from './store';

export interface IRunsState {
  /** The first runs in the order asked for; null until the first answer. */
  readonly rows: readonly Run[] | null;
  readonly total: number;
  readonly sort: RunSort;
  /** Names of all metrics seen, in the order of their appearance. */
  readonly metrics: readonly string[];
  readonly message: string;
}

const PAGE = 200;
const LARGEST_PAGE = 500;

export class RunsModel extends Store<IRunsState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    private readonly _job: string
  ) {
    super({ rows: null, total: 0, sort: 'number', metrics: [], message: '' });
    this._refresher = new Refresher(() => this._refresh());
    _live.hint.connect(this._onHint, this);
    _live.missed.connect(this._onMissed, this);
    this._refresher.request();
  }

  /** Sort by a key; by the same key again: the other way round. */
  sortBy(key: RunKey): void {
    this._reload = true;
    this.update({ sort: this.state.sort === key ? `-${key}` : key });
    this._refresher.request();
  }

  /** Rows up to this one are looked at. */
  ensure(index: number): void {
    if (index > this._wanted) {
      this._wanted = index;
    }
    if (this._cursor !== null && this._wanted >= this._loaded) {
      this._refresher.request();
    }
  }

  /** The job is known to have this many runs. */
  expect(total: number): void {
    if (this.state.rows !== null && total !== this.state.total) {
      this._reload = true;
      this._refresher.request();
    }
  }

  override dispose(): void {
    this._refresher.dispose();
    super.dispose();
  }

  private get _loaded(): number {
    return this.state.rows?.length ?? 0;
  }

  private _onHint(_: Live, change: IChange): void {
    if (change.job_id === this._job) {
      this._dirty = true;
      this._refresher.request();
    }
  }

  private _onMissed(): void {
    this._dirty = true;
    this._refresher.request();
  }

  private async _refresh(): Promise<void> {
    const changed = this._dirty;
    this._dirty = false;
    try {
      if (this._reload || this.state.rows === null) {
        this._reload = false;
        await this._loadFromStart();
      } else if (changed) {
        await this._catchUp();
      }
      while (
        this._cursor !== null &&
        this._wanted >= this._loaded &&
        !this._reload &&
        !this.isDisposed
      ) {
        await this._loadNext();
      }
    } catch (reason) {
      const { kind, message } = toApiError(reason);
      this._reload = true;
      if (kind === 'refused') {
        this.update({ message });
      } else {
        this._live.report(reason);
      }
    }
  }

  private async _loadFromStart(): Promise<void> {
    const { rows, sort } = this.state;
    const limit = Math.min(Math.max(this._loaded, PAGE), LARGEST_PAGE);
    const page = await this._client.listRuns({ job: this._job, limit, sort });
    this._cursor = page.next_cursor;
    this._revision = page.revision;
    this._show(keepUnchanged(rows ?? [], page.items), page.total);
  }

  private async _loadNext(): Promise<void> {
    const { rows, sort } = this.state;
    const page = await this._client.listRuns({
      job: this._job,
      cursor: this._cursor ?? undefined,
      limit: LARGEST_PAGE,
      sort
    });
    this._cursor = page.next_cursor;
    // A run that moved in the order while pages were loaded may come twice.
    const known = new Set(rows?.map(run => run.id));
    const fresh = page.items.filter(run => !known.has(run.id));
    this._show([...(rows ?? []), ...fresh], page.total);
  }

  /** Changes appear in their rows; rows move only when the user sorts. */
  private async _catchUp(): Promise<void> {
    const since = this._revision;
    const page = await this._client.listRuns({ job: this._job, since });
    this._revision = page.revision;
    const { rows, total } = this.state;
    const gone = new Set(page.deleted);
    const left = (rows ?? []).filter(run => !gone.has(run.id));
    const { items, unknown } = mergeChanged(left, page.items);
    if (unknown.length > 0 && this._cursor === null) {
      await this._loadFromStart();
    } else {
      this._show(items, total - (this._loaded - left.length));
    }
  }

  private _show(rows: readonly Run[], total: number): void {
    const seen = new Set(this.state.metrics);
    for (const run of rows) {
      for (const name of Object.keys(run.metrics)) {
        seen.add(name);
      }
    }
    this.update({
      rows,
      total: Math.max(total, rows.length),
      metrics:
        seen.size === this.state.metrics.length
          ? this.state.metrics
          : [...seen],
      message: ''
    });
  }

  private _refresher: Refresher;
  private _cursor: string | null = null;
  private _revision = 0;
  private _wanted = 0;
  private _dirty = false;
  private _reload = false;
}
