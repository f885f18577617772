/** State that views can watch: an immutable value and a signal that it was replaced. */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

/** What a view needs of a model. */
export interface IObservable<S> {
  readonly state: S;
  readonly changed: ISignal<unknown, void>;
}

export abstract class Store<S extends object>
  implements IObservable<S>, IDisposable
{
  constructor(initial: S) {
    this._state = initial;
  }

  get state(): S {
    return this._state;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  /** Replace some fields; nobody is told when they are the same already. */
  protected update(fields: Partial<S>): void {
    if (this._isDisposed) {
      return;
    }
    const keys = Object.keys(fields) as (keyof S)[];
    if (keys.some(key => fields[key] !== this._state[key])) {
      this._state = { ...this._state, ...fields };
      this._changed.emit();
    }
  }

  /** Tell of a change that the state itself doesn't hold. */
  protected announce(): void {
    if (!this._isDisposed) {
      this._state = { ...this._state };
      this._changed.emit();
    }
  }

  private _state: S;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}
