/**
 * The combinations of a draft's parameters, as far as somebody looks at them.
 *
 * The server expands the grid; of its answers only those count that belong to the latest lists,
 * selection and filter. What is shown stays until they come, so that nothing jumps.
 */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { encode, ListsText } from '../api/jsontext';
import {
  Combination,
  Grid,
  IGridFilter,
  ISelectionRequest,
  ISelectRequest
} from '../api/types';
import { IWords } from '../domain/words';
import { selectionRequest } from './lists';
import { Store } from './store';

export interface IGridState {
  /** All combinations: known at once, by arithmetic. */
  readonly total: number;
  /** Those that are run; null until the server has said. */
  readonly included: number | null;
  /** Those that the filter leaves; null until the server has said. */
  readonly matching: number | null;
  /** The parameters with several values, in the order of a combination's texts. */
  readonly axes: Grid['axes'];
  /** Number of a page → its rows; a page that isn't loaded is missing. */
  readonly pages: ReadonlyMap<number, readonly Combination[]>;
  /** Why there is nothing to show; empty if there is. */
  readonly message: string;
  /** Why the last choice was not made; empty if it was. */
  readonly refusal: string;
}

export const PAGE_ROWS = 200;
/** As many places the server takes at a time. */
export const MOST_CHOSEN = 10_000;

const NONE: ISelectionRequest = { base: 'none', rules: [], exceptions: [] };
const DEBOUNCE_MS = 80;
const RETRY_MS = 2_000;
const MOST_PAGES = 60;
const MOST_REQUESTS = 2;
const LARGEST_PAGE = 500;

export class GridModel extends Store<IGridState> {
  /** @param onSelected - told of each choice that the user makes. */
  constructor(
    private readonly _client: IJobsClient,
    private readonly _trans: IWords,
    private readonly _onSelected: (selection: ISelectionRequest) => void
  ) {
    super({
      total: 1,
      included: null,
      matching: null,
      axes: [],
      pages: new Map(),
      message: '',
      refusal: ''
    });
  }

  /** What the job has now. */
  show(lists: ListsText, selection: ISelectionRequest): void {
    const key = encode([lists, selection]);
    if (key === this._key) {
      return;
    }
    this._key = key;
    this._lists = lists;
    this._selection = selection;
    const total = Object.values(lists)
      .flatMap(names => Object.values(names))
      .reduce((product, values) => product * values.length, 1);
    const { base, rules, exceptions } = selection;
    const all = base === 'all' && rules.length + exceptions.length === 0;
    this.update({ total, ...(all && { included: total }), refusal: '' });
    this._renew(DEBOUNCE_MS);
  }

  /** Show only some of them. */
  filterBy(filter: IGridFilter): void {
    if (encode(filter) !== encode(this._filter)) {
      this._filter = filter;
      this.update({ refusal: '' });
      this._renew(DEBOUNCE_MS);
    }
  }

  /** The row at a place of what is shown, if it is loaded. */
  row(place: number): Combination | undefined {
    const page = this.state.pages.get(Math.floor(place / PAGE_ROWS));
    return page?.[place % PAGE_ROWS];
  }

  /** These rows are looked at. */
  ensure(first: number, last: number): void {
    this._first = Math.floor(first / PAGE_ROWS);
    this._last = Math.floor(last / PAGE_ROWS);
    this._load();
  }

  /** Include the rows between two places of what is shown, or leave them out. */
  async chooseRows(from: number, to: number, include: boolean): Promise<void> {
    const [low, high] = from < to ? [from, to] : [to, from];
    if (high - low >= MOST_CHOSEN) {
      const most = MOST_CHOSEN.toLocaleString();
      const refusal = this._trans.__(
        'At most %1 runs can be chosen one by one. Use the filter instead.',
        most
      );
      this.update({ refusal });
      return;
    }
    const indexes = await this._indexes(low, high);
    if (indexes !== null) {
      this._mark(new Set(indexes), include);
      await this._choose({ include, indexes });
    }
  }

  /** Include all that the filter leaves, or leave it out. */
  chooseShown(include: boolean): Promise<void> {
    return this._choose({ include, filter: this._filter });
  }

  /** Include what the filter leaves, and nothing else. */
  chooseOnlyShown(): Promise<void> {
    const { _filter: filter } = this;
    return this._choose({ selection: NONE, include: true, filter });
  }

  /** Leave out all but one row. */
  async chooseOnlyRow(place: number): Promise<void> {
    const indexes = await this._indexes(place, place);
    if (indexes !== null) {
      await this._choose({ selection: NONE, include: true, indexes });
    }
  }

  override dispose(): void {
    clearTimeout(this._timer);
    super.dispose();
  }

  /** Ask again for what is looked at. */
  private _renew(wait: number): void {
    this._generation += 1;
    this._fresh = false;
    this._refused = false;
    this._asked.clear();
    clearTimeout(this._timer);
    this._waiting = true;
    this._timer = setTimeout(() => {
      this._waiting = false;
      this._load();
    }, wait);
  }

  private _load(): void {
    // Answers from before a choice would show it undone.
    const idle = this._refused || this.isDisposed;
    if (idle || this._waiting || this._choosing > 0) {
      return;
    }
    for (let page = this._first; page <= this._last; page += 1) {
      const known = this._fresh && this.state.pages.has(page);
      const inReach =
        !this._fresh ||
        page * PAGE_ROWS < Math.max(1, this.state.matching ?? 0);
      const free = this._asked.size < (this._fresh ? MOST_REQUESTS : 1);
      if (!known && inReach && free && !this._asked.has(page)) {
        void this._ask(page);
      }
    }
  }

  private async _ask(page: number): Promise<void> {
    const generation = this._generation;
    this._asked.add(page);
    try {
      const grid = await this._client.expandGrid({
        parameters: this._lists,
        selection: this._selection,
        filter: this._filter,
        offset: page * PAGE_ROWS,
        limit: PAGE_ROWS
      });
      if (generation === this._generation) {
        this._take(page, grid);
      }
    } catch (reason) {
      if (generation === this._generation) {
        this._fail(reason);
      }
    }
    if (generation === this._generation) {
      this._asked.delete(page);
      this._load();
    }
  }

  private _take(page: number, grid: Grid): void {
    const pages = new Map(this._fresh ? this.state.pages : []);
    this._fresh = true;
    pages.set(page, grid.items);
    for (const old of pages.keys()) {
      const near = old >= this._first && old <= this._last;
      if (pages.size > MOST_PAGES && !near) {
        pages.delete(old);
      }
    }
    const { total, included, matching, axes } = grid;
    this.update({ total, included, matching, axes, pages, message: '' });
  }

  private _fail(reason: unknown): void {
    const { kind, message } = toApiError(reason);
    if (kind === 'refused') {
      this._refused = true; // Until something changes, the answer will be the same.
      const none = { included: null, matching: 0, axes: [], pages: new Map() };
      this.update({ ...none, message });
    } else if (!this.isDisposed) {
      this._renew(RETRY_MS);
    }
  }

  /** One after the other: each choice begins with what the one before has left. */
  private _choose(choice: Omit<ISelectRequest, 'parameters'>): Promise<void> {
    this._choosing += 1;
    this._queue = this._queue.then(async () => {
      await this._select(choice);
      this._choosing -= 1;
      if (this._choosing === 0) {
        this._renew(0);
      }
    });
    return this._queue;
  }

  private async _select(
    choice: Omit<ISelectRequest, 'parameters'>
  ): Promise<void> {
    try {
      const lists = this._lists;
      const { selection, included } = await this._client.selectRuns({
        parameters: lists,
        selection: this._selection,
        ...choice
      });
      if (this.isDisposed) {
        return;
      }
      if (included === 0) {
        const refusal = this._trans.__(
          'At least one run stays: a job without runs could not be started.'
        );
        this.update({ refusal });
        return;
      }
      this._selection = selectionRequest(selection);
      this._key = encode([this._lists, this._selection]);
      const counted = lists === this._lists ? { included } : {};
      this.update({ ...counted, refusal: '' });
      this._onSelected(this._selection);
    } catch (reason) {
      const { kind, message } = toApiError(reason);
      const refusal =
        kind === 'refused'
          ? message
          : this._trans.__('The Jupyter server doesn’t answer. Try again.');
      this.update({ refusal });
    }
  }

  /** Show a choice before the server has made it. */
  private _mark(indexes: ReadonlySet<number>, included: boolean): void {
    const pages = new Map(
      [...this.state.pages].map(([page, rows]) => [
        page,
        rows.some(row => indexes.has(row.index) && row.included !== included)
          ? rows.map(row =>
              indexes.has(row.index) ? { ...row, included } : row
            )
          : rows
      ])
    );
    this.update({ pages });
  }

  /** Places in the whole grid of shown rows; null if they could not be got. */
  private async _indexes(low: number, high: number): Promise<number[] | null> {
    const places = Array.from({ length: high - low + 1 }, (_, at) => low + at);
    const loaded = places.map(place => this.row(place)?.index);
    if (loaded.every((index): index is number => index !== undefined)) {
      return loaded;
    }
    if (Object.keys(this._filter).length === 0) {
      return places; // All are shown.
    }
    try {
      const found: number[] = [];
      while (found.length < places.length) {
        const { items } = await this._client.expandGrid({
          parameters: this._lists,
          selection: this._selection,
          filter: this._filter,
          offset: low + found.length,
          limit: Math.min(LARGEST_PAGE, places.length - found.length)
        });
        if (items.length === 0) {
          break;
        }
        found.push(...items.map(({ index }) => index));
      }
      return found;
    } catch (reason) {
      this.update({ refusal: toApiError(reason).message });
      return null;
    }
  }

  private _lists: ListsText = {};
  private _selection: ISelectionRequest = {
    base: 'all',
    rules: [],
    exceptions: []
  };
  private _filter: IGridFilter = {};
  private _key = '';
  private _generation = 0;
  /** Whether the pages are of this generation. */
  private _fresh = false;
  private _refused = false;
  private _waiting = true;
  private _asked = new Set<number>();
  private _first = 0;
  private _last = 0;
  private _choosing = 0;
  private _queue: Promise<void> = Promise.resolve();
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
