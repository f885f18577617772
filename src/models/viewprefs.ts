/** How somebody likes to look at runs; kept for the next time. */

import { Store } from './store';

export interface IRunViewPrefs {
  /** Share of the tab that the pipeline takes, 0 to 1. */
  readonly split: number;
  readonly shape: 'graph' | 'list';
  /** Whether long lines of logs are wrapped. */
  readonly wrap: boolean;
}

/** The part of JupyterLab's database that this needs. */
export interface IPrefsStore {
  fetch(id: string): Promise<unknown>;
  save(
    id: string,
    value: { [key: string]: string | number | boolean }
  ): Promise<unknown>;
}

const KEY = 'jupyter-orchest-jobs:run-view';

export class ViewPrefs extends Store<IRunViewPrefs> {
  constructor(private readonly _store: IPrefsStore | null) {
    super({ split: 0.5, shape: 'graph', wrap: true });
    void this._load();
  }

  set(fields: Partial<IRunViewPrefs>): void {
    this._touched = true;
    this.update(fields);
    void this._store?.save(KEY, { ...this.state });
  }

  private async _load(): Promise<void> {
    const kept = (await this._store?.fetch(KEY)) as
      Partial<IRunViewPrefs> | undefined;
    if (typeof kept !== 'object' || kept === null || this._touched) {
      return;
    }
    const { split, shape, wrap } = kept;
    this.update({
      ...(typeof split === 'number' && split > 0 && split < 1 && { split }),
      ...((shape === 'graph' || shape === 'list') && { shape }),
      ...(typeof wrap === 'boolean' && { wrap })
    });
  }

  private _touched = false;
}
