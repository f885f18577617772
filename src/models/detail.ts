/** One thing of the server, asked for again whenever it may have changed. */

import { toApiError } from '../api/errors';
import { IChange } from '../api/events';
import { newer } from '../domain/merge';
import { Live } from './live';
import { Refresher } from './refresher';
import { Store } from './store';

export interface IDetailState<T> {
  /** Null until the first answer. */
  readonly value: T | null;
  /** It doesn't exist, or no longer. */
  readonly gone: boolean;
  /** The last refusal, in words for people; empty if all is well. */
  readonly message: string;
}

export abstract class DetailModel<
  T extends { readonly revision: number }
> extends Store<IDetailState<T>> {
  constructor(protected readonly live: Live) {
    super({ value: null, gone: false, message: '' });
    this._refresher = new Refresher(() => this._refresh());
    live.hint.connect(this._onHint, this);
    live.missed.connect(this.refresh, this);
    this.refresh();
  }

  refresh(): void {
    this._refresher.request();
  }

  override dispose(): void {
    this._refresher.dispose();
    super.dispose();
  }

  /** Ask the server. @throws ApiError */
  protected abstract fetch(): Promise<T>;

  /** Whether a change concerns this thing. */
  protected abstract concerns(change: IChange): boolean;

  /** Take an answer, unless a newer one came before it. */
  protected take(value: T): void {
    const old = this.state.value;
    this.update({
      value: old === null ? value : newer(old, value),
      gone: false,
      message: ''
    });
  }

  private _onHint(_: Live, change: IChange): void {
    if (this.concerns(change)) {
      this.refresh();
    }
  }

  private async _refresh(): Promise<void> {
    try {
      this.take(await this.fetch());
    } catch (reason) {
      const { kind, status, message } = toApiError(reason);
      if (kind === 'refused') {
        this.update({ gone: status === 404, message });
      } else {
        this.live.report(reason);
      }
    }
  }

  private _refresher: Refresher;
}
