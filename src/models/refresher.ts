/** Many reasons to ask, few requests: one at a time, and not more often than need be. */

import { IDisposable } from '@lumino/disposable';

/** Hints of one burst (a run that ends moves its steps, its job …) lead to one request. */
const GAP_MS = 100;

export class Refresher implements IDisposable {
  /** @param task - asks the server; must not reject. */
  constructor(
    private readonly _task: () => Promise<void>,
    private readonly _gap = GAP_MS
  ) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
  }

  /** Ask soon. A wish during a request leads to another one after it, so nothing is missed. */
  request(): void {
    if (this._isDisposed) {
      return;
    }
    if (this._busy) {
      this._again = true;
    } else if (this._timer === undefined) {
      const wait = Math.max(0, this._notBefore - Date.now());
      this._timer = setTimeout(() => void this._run(), wait);
    }
  }

  private async _run(): Promise<void> {
    this._timer = undefined;
    this._busy = true;
    try {
      await this._task();
    } finally {
      this._busy = false;
      this._notBefore = Date.now() + this._gap;
      if (this._again) {
        this._again = false;
        this.request();
      }
    }
  }

  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _notBefore = 0;
  private _busy = false;
  private _again = false;
  private _isDisposed = false;
}
