/**
 * The runs of a job, or of all jobs: loaded from the start as far as they are looked at, and kept up
 * to date in their places.
 */

import { IJobsClient, IRunsQuery, RunKey, RunSort } from '../api/client';
import { toApiError } from '../api/errors';
import { IChange } from '../api/events';
import { JsonText } from '../api/jsontext';
import { Run } from '../api/types';
import { keepUnchanged, mergeChanged } from '../domain/merge';
import {
  IRunFilter,
  isFiltering,
  NO_FILTER,
  sameFilter
} from '../domain/runfilter';
import { Live } from './live';
import { Refresher } from './refresher';
import { Store } from './store';

export interface IRunsState {
  /** The first runs in the order asked for; null until the first answer. */
  readonly rows: readonly Run[] | null;
  readonly total: number;
  readonly sort: RunSort;
  readonly filter: IRunFilter;
  /** Whether the rows have the states of their steps. */
  readonly steps: boolean;
  /** Names of all metrics seen, in the order of their appearance. */
  readonly metrics: readonly string[];
  /** Whether the server would list other runs by now, or in another order. */
  readonly stale: boolean;
  /** An answer to another question is on its way. */
  readonly asking: boolean;
  readonly message: string;
}

const PAGE = 200;
const LARGEST_PAGE = 500;

export class RunsModel extends Store<IRunsState> {
  /** @param _job - null for the runs of all jobs. */
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    private readonly _job: string | null
  ) {
    super({
      rows: null,
      total: 0,
      sort: _job === null ? '-number' : 'number',
      filter: NO_FILTER,
      steps: false,
      metrics: [],
      stale: false,
      asking: false,
      message: ''
    });
    this._refresher = new Refresher(() => this._refresh());
    _live.hint.connect(this._onHint, this);
    _live.missed.connect(this._onMissed, this);
  }

  /** Load them for the first time. */
  begin(view: Partial<Pick<IRunsState, 'sort' | 'filter' | 'metrics'>>): void {
    this._begun = true;
    this.update(view);
    this._refresher.request();
  }

  /** Sort by a key; by the same key again: the other way round. */
  sortBy(key: RunKey): void {
    this._ask({ sort: this.state.sort === key ? `-${key}` : key });
  }

  /** List only some. */
  choose(filter: IRunFilter): void {
    if (!sameFilter(filter, this.state.filter)) {
      this._ask({ filter });
    }
  }

  /** Load the states of steps, too, from now on. */
  withSteps(): void {
    if (!this.state.steps) {
      this._ask({ steps: true });
    }
  }

  /** Ask again from the start: rows may come, go and move. */
  reload(): void {
    this._ask({});
  }

  /** Rows from one to another are looked at. */
  ensure(first: number, last: number): void {
    this._first = first;
    this._wanted = last;
    if (this._cursor !== null && last >= this._loaded) {
      this._refresher.request();
    }
  }

  /** Load all of them; null if that was not possible, or others are asked for meanwhile. */
  loadAll(): Promise<readonly Run[] | null> {
    return new Promise(resolve => {
      this._waiting.push(resolve);
      this._refresher.request();
    });
  }

  /** The job is known to have this many runs. */
  expect(total: number): void {
    const { rows, filter } = this.state;
    if (rows === null || isFiltering(filter) || total === this.state.total) {
      return;
    }
    this._grown();
  }

  override dispose(): void {
    this._refresher.dispose();
    this._answer(null);
    super.dispose();
  }

  private get _loaded(): number {
    return this.state.rows?.length ?? 0;
  }

  private get _query(): IRunsQuery {
    const { sort, filter, steps } = this.state;
    const { status, batch, text, where } = filter;
    return {
      ...(this._job !== null && { job: this._job }),
      sort,
      ...(status !== null && { status }),
      ...(batch !== null && { batch }),
      ...(text !== '' && { text }),
      ...(where.length > 0 && {
        where: where.map(({ scope, name, text }) => ({
          scope,
          name,
          value: new JsonText(text)
        }))
      }),
      ...(steps && { steps })
    };
  }

  private _ask(view: Partial<IRunsState>): void {
    this._reload = true;
    this._answer(null);
    if (view.sort !== undefined || view.filter !== undefined) {
      this._first = this._wanted = 0; // Another list is looked at from its start.
    }
    this.update({ ...view, asking: true });
    if (this._begun) {
      this._refresher.request();
    }
  }

  private _onHint(_: Live, change: IChange): void {
    const ours = this._job === null || change.job_id === this._job;
    if (ours && this._begun) {
      this._dirty = true;
      this._refresher.request();
    }
  }

  private _onMissed(): void {
    if (this._begun) {
      this._dirty = true;
      this._refresher.request();
    }
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
      while (this._wantsMore && !this._reload && !this.isDisposed) {
        await this._loadNext();
      }
      if (this._cursor === null && !this._reload) {
        this._answer(this.state.rows);
      }
    } catch (reason) {
      const { kind, message } = toApiError(reason);
      this._reload = true;
      this._answer(null);
      if (kind === 'refused') {
        this.update({ message, asking: false });
      } else {
        this._live.report(reason);
      }
    }
  }

  private get _wantsMore(): boolean {
    return (
      this._cursor !== null &&
      (this._wanted >= this._loaded || this._waiting.length > 0)
    );
  }

  /** As many as are looked at, so that nothing that can be seen is taken away meanwhile. */
  private async _loadFromStart(): Promise<void> {
    const asked = this._query;
    const limit = Math.min(Math.max(this._wanted + 1, PAGE), LARGEST_PAGE);
    let page = await this._client.listRuns({ ...asked, limit });
    const items = [...page.items];
    const { revision } = page;
    while (
      page.next_cursor !== null &&
      items.length <= this._wanted &&
      this.state.rows !== null &&
      !this._reload
    ) {
      const cursor = page.next_cursor;
      page = await this._client.listRuns({
        ...asked,
        limit: LARGEST_PAGE,
        cursor
      });
      items.push(...page.items);
    }
    if (this._reload) {
      return; // Something else is asked for by now.
    }
    this._cursor = page.next_cursor;
    this._revision = revision;
    this.update({ stale: false, asking: false });
    const fresh = unique(items);
    this._show(keepUnchanged(this.state.rows ?? [], fresh), page.total);
  }

  private async _loadNext(): Promise<void> {
    const cursor = this._cursor ?? undefined;
    const limit = LARGEST_PAGE;
    const page = await this._client.listRuns({ ...this._query, cursor, limit });
    if (this._reload) {
      return;
    }
    this._cursor = page.next_cursor;
    // A run that moved in the order while pages were loaded may come twice.
    this._show(unique([...(this.state.rows ?? []), ...page.items]), page.total);
  }

  /** Changes appear in their rows, also of runs that the filter would leave out by now. */
  private async _catchUp(): Promise<void> {
    const { rows, total, steps } = this.state;
    const page = await this._client.listRuns({
      ...(this._job !== null && { job: this._job }),
      ...(steps && { steps }),
      since: this._revision
    });
    if (this._reload) {
      return;
    }
    this._revision = page.revision;
    const gone = new Set(page.deleted);
    const left = (rows ?? []).filter(run => !gone.has(run.id));
    const { items, unknown } = mergeChanged(left, page.items);
    this._show(items, total - (this._loaded - left.length));
    if (unknown.length > 0 && this._cursor === null) {
      this._grown();
    } else if (page.items.length > 0 && this._isOrdered) {
      this.update({ stale: true });
    }
  }

  /** Whether changes of runs may change which ones are listed, or their order. */
  private get _isOrdered(): boolean {
    const { sort, filter } = this.state;
    return isFiltering(filter) || !/^-?number$/.test(sort);
  }

  /** There are others: shown at once where nothing moves by it that is looked at. */
  private _grown(): void {
    const append = this.state.sort === 'number';
    const newestFirst = this.state.sort === '-number' && this._first === 0;
    const none = this._loaded === 0;
    if (none || (!isFiltering(this.state.filter) && (append || newestFirst))) {
      this._reload = true;
      this._refresher.request();
    } else {
      this.update({ stale: true });
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

  private _answer(rows: readonly Run[] | null): void {
    const waiting = this._waiting;
    this._waiting = [];
    waiting.forEach(resolve => resolve(rows));
  }

  private _refresher: Refresher;
  private _cursor: string | null = null;
  private _revision = 0;
  private _first = 0;
  private _wanted = 0;
  private _begun = false;
  private _dirty = false;
  private _reload = false;
  private _waiting: ((rows: readonly Run[] | null) => void)[] = [];
}

function unique(runs: readonly Run[]): readonly Run[] {
  const known = new Map(runs.map(run => [run.id, run]));
  return known.size === runs.length ? runs : [...known.values()];
}
