/** What all windows of this browser share about one server. Storage may be forbidden or full. */

import { ISignal, Signal } from '@lumino/signaling';

export class SharedStorage {
  /** @param scope - the address of the server: several may share an origin. */
  constructor(
    scope: string,
    private readonly _window: Pick<
      Window,
      'localStorage' | 'addEventListener'
    > = window
  ) {
    this._prefix = `jupyter-orchest-jobs:${scope}:`;
    this._window.addEventListener('storage', event => {
      if (event.key === null || event.key.startsWith(this._prefix)) {
        this._changed.emit();
      }
    });
  }

  /** Another window changed something. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get(key: string): string | null {
    return this._try(storage => storage.getItem(this._prefix + key)) ?? null;
  }

  /** @returns whether it is kept. */
  set(key: string, value: string): boolean {
    return (
      this._try(storage => {
        storage.setItem(this._prefix + key, value);
        return true;
      }) ?? false
    );
  }

  remove(key: string): void {
    this._try(storage => storage.removeItem(this._prefix + key));
  }

  /** All keys that begin like this, without it. */
  keys(start: string): string[] {
    const begin = this._prefix + start;
    return (
      this._try(storage =>
        Object.keys(storage)
          .filter(key => key.startsWith(begin))
          .map(key => key.slice(begin.length))
      ) ?? []
    );
  }

  private _try<T>(act: (storage: Storage) => T): T | undefined {
    try {
      return act(this._window.localStorage);
    } catch {
      return undefined;
    }
  }

  private readonly _prefix: string;
  private _changed = new Signal<this, void>(this);
}
