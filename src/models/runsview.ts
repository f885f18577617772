/** How runs are looked at: which part of the tab, columns, order and filter; remembered. */

import { RunSort } from '../api/client';
import { AS_IT_IS, IArrangement, readArrangement } from '../domain/arrangement';
import { readFilter } from '../domain/runfilter';
import { IMemo } from './memory';
import { RunsModel } from './runs';
import { Store } from './store';

export interface IRunsViewState {
  /** The chosen tab. */
  readonly tab: string;
  /** Table → how its columns are arranged. */
  readonly arrangements: Readonly<Record<string, IArrangement>>;
  /** Whether what was remembered is known. */
  readonly ready: boolean;
}

const SORT =
  /^-?(number|status|started_at|finished_at|duration|(parameter|metric):.+)$/s;
/** Typing and dragging change it many times a second. */
const SAVE_AFTER_MS = 200;

export class RunsView extends Store<IRunsViewState> {
  constructor(
    private readonly _runs: RunsModel,
    private readonly _memo: IMemo,
    tab: string
  ) {
    super({ tab, arrangements: {}, ready: false });
    void this._remember();
  }

  show(tab: string): void {
    this.update({ tab });
  }

  arrangementOf(table: string): IArrangement {
    return this.state.arrangements[table] ?? AS_IT_IS;
  }

  arrange(table: string, arrangement: IArrangement): void {
    const { arrangements } = this.state;
    this.update({ arrangements: { ...arrangements, [table]: arrangement } });
  }

  override dispose(): void {
    if (this._timer !== undefined) {
      this._save();
    }
    super.dispose();
  }

  private async _remember(): Promise<void> {
    const kept = ((await this._memo.load()) ?? {}) as Record<string, unknown>;
    if (this.isDisposed) {
      return;
    }
    const { tab, sort, filter, columns, metrics } = kept;
    this.update({
      ...(typeof tab === 'string' && { tab }),
      arrangements: Object.fromEntries(
        Object.entries(columns ?? {}).map(([table, value]) => [
          table,
          readArrangement(value)
        ])
      ),
      ready: true
    });
    this._runs.begin({
      ...(typeof sort === 'string' &&
        SORT.test(sort) && { sort: sort as RunSort }),
      filter: readFilter(filter),
      // The runs that are listed may have none of those that there are columns for.
      ...(Array.isArray(metrics) && {
        metrics: metrics.filter(name => typeof name === 'string')
      })
    });
    this._text = this._kept();
    this.changed.connect(this._onChange, this);
    this._runs.changed.connect(this._onChange, this);
  }

  private _onChange(): void {
    if (this._kept() !== this._text) {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => this._save(), SAVE_AFTER_MS);
    }
  }

  private _save(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    this._text = this._kept();
    this._memo.save(JSON.parse(this._text) as Record<string, unknown>);
  }

  private _kept(): string {
    const { tab, arrangements } = this.state;
    const { sort, filter, metrics } = this._runs.state;
    const columns = arrangements;
    return JSON.stringify({ tab, sort, filter, columns, metrics });
  }

  private _text = '';
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
