/** Which runs of a list are selected, as one selects files: one by one, a range, all. */

import { Run } from '../api/types';
import { RunsModel } from './runs';
import { Store } from './store';

export interface IRunSelectionState {
  readonly ids: ReadonlySet<string>;
  /** All are being loaded to be selected. */
  readonly loading: boolean;
}

const NONE: ReadonlySet<string> = new Set();

export class RunSelection extends Store<IRunSelectionState> {
  constructor(private readonly _runs: RunsModel) {
    super({ ids: NONE, loading: false });
    _runs.changed.connect(this._onRuns, this);
  }

  /** The selected runs, in the order of the list. */
  get runs(): Run[] {
    const { ids } = this.state;
    return (this._runs.state.rows ?? []).filter(run => ids.has(run.id));
  }

  /** Select a run, or no longer. */
  toggle(index: number): void {
    const run = this._runs.state.rows?.[index];
    if (run !== undefined) {
      const ids = new Set(this.state.ids);
      if (!ids.delete(run.id)) {
        ids.add(run.id);
      }
      this._anchor = run.id;
      this.update({ ids });
    }
  }

  /** Select all from where the last selection began to here. */
  extend(index: number, from = index): void {
    const rows = this._runs.state.rows ?? [];
    const began = rows.findIndex(run => run.id === this._anchor);
    const start = began < 0 ? from : began;
    this._anchor = rows[start]?.id ?? null;
    const range = rows.slice(
      Math.min(start, index),
      Math.max(start, index) + 1
    );
    this.update({ ids: new Set(range.map(run => run.id)) });
  }

  /** Select all that are listed. */
  async all(): Promise<void> {
    this.update({ loading: true });
    const rows = await this._runs.loadAll();
    this.update({
      loading: false,
      ...(rows !== null && { ids: new Set(rows.map(run => run.id)) })
    });
  }

  clear(): void {
    this._anchor = null;
    this.update({ ids: NONE });
  }

  /** What is no longer listed is no longer selected: nothing is done to what can't be seen. */
  private _onRuns(): void {
    const { ids } = this.state;
    const { rows } = this._runs.state;
    if (ids.size === 0 || rows === null || rows === this._seen) {
      return;
    }
    this._seen = rows;
    const listed = new Set(rows.map(run => run.id));
    const left = [...ids].filter(id => listed.has(id));
    if (left.length < ids.size) {
      this.update({ ids: new Set(left) });
    }
  }

  private _anchor: string | null = null;
  private _seen: readonly Run[] | null = null;
}
