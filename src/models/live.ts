/**
 * Whether the server can be reached, and when to ask it again.
 *
 * Hints on the event stream are quick but may be lost; so the server's revision is polled, slowly,
 * and at once when the window gets the focus back.
 */

import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { IJobsClient } from '../api/client';
import { ApiErrorKind, toApiError } from '../api/errors';
import { IChange, IChangeFeed } from '../api/events';
import { dismissedNotice, keepDismissed } from './dismissed';
import { Store } from './store';

export interface ILiveState {
  /** `starting` until the first answer. */
  readonly server: 'starting' | 'ok' | ApiErrorKind;
  /** What the server said when it refused. */
  readonly message: string;
  /** The folder of this server; empty until it has answered. */
  readonly root: string;
  /** What the user should know of the state directory and has not dismissed; empty as a rule. */
  readonly notice: string;
}

/** Window events after which hints may have been missed. */
const WAKING = ['focus', 'online', 'pageshow'];
const CALM: Poll['frequency'] = {
  interval: 30_000,
  backoff: false,
  max: 30_000
};
/** Seeking a server that went away: soon at first, then less and less often. */
const SEEKING: Poll['frequency'] = {
  interval: 1_000,
  backoff: 1.5,
  max: 30_000
};

export class Live extends Store<ILiveState> {
  constructor(
    private readonly _client: IJobsClient,
    feed: IChangeFeed,
    private readonly _window: Pick<
      Window,
      'addEventListener' | 'removeEventListener'
    > = window
  ) {
    super({ server: 'starting', message: '', root: '', notice: '' });
    this._poll = new Poll({
      auto: false,
      factory: () => this._ask(),
      frequency: CALM,
      name: 'orchest-jobs:revision',
      standby: 'when-hidden'
    });
    feed.changed.connect(this._onChange, this);
    for (const type of WAKING) {
      this._window.addEventListener(type, this._onWake);
    }
  }

  /** Something changed; ask for it. */
  get hint(): ISignal<this, IChange> {
    return this._hint;
  }

  /** Anything may have changed since the last answer. */
  get missed(): ISignal<this, void> {
    return this._missed;
  }

  /** Something was changed from here: don't wait for the server's own hint. */
  tell(change: IChange): void {
    this._hint.emit(change);
  }

  /** Begin to poll. */
  start(): void {
    void this._poll.start();
  }

  /** Ask now. */
  retry(): void {
    if (this.isDisposed) {
      return;
    }
    void this._poll.refresh();
  }

  /** The user has read the notice: it is not shown again in this browser until it changes. */
  dismissNotice(): void {
    this._dismissed = this.state.notice;
    keepDismissed(this._dismissed);
    this.update({ notice: '' });
  }

  /** A request failed: if nobody answers, seek the server. */
  report(reason: unknown): void {
    const { kind } = toApiError(reason);
    if (kind !== 'refused' && this.state.server === 'ok') {
      this.retry();
    }
  }

  override dispose(): void {
    for (const type of WAKING) {
      this._window.removeEventListener(type, this._onWake);
    }
    clearTimeout(this._soon);
    this._poll.dispose();
    super.dispose();
  }

  private async _ask(): Promise<void> {
    try {
      const { revision, notice, root_dir } = await this._client.server();
      const news = this.state.server !== 'ok' || revision !== this._revision;
      this._revision = revision;
      this._poll.frequency = CALM;
      const known = notice === null || notice === this._dismissed;
      this.update({
        server: 'ok',
        message: '',
        root: root_dir,
        notice: known ? '' : notice
      });
      if (news) {
        this._missed.emit();
      }
    } catch (reason) {
      const { kind, message } = toApiError(reason);
      const lost = kind === 'unreachable' && this.state.server === 'ok';
      // A server half that isn't there will not come by itself, unless the server is restarted.
      this._poll.frequency = kind === 'unreachable' ? SEEKING : CALM;
      this.update({ server: kind, message });
      if (lost) {
        // The poll grows its interval from the last one, which was a calm one.
        this._soon = setTimeout(() => this.retry(), SEEKING.interval);
      }
      throw reason;
    }
  }

  private _onChange(_: unknown, change: IChange): void {
    this.tell(change);
  }

  private _onWake = (): void => {
    if (this.state.server !== 'starting') {
      this.retry();
    }
  };

  private _dismissed = dismissedNotice();
  private _revision = -1;
  private _soon: ReturnType<typeof setTimeout> | undefined;
  private _poll: Poll;
  private _hint = new Signal<this, IChange>(this);
  private _missed = new Signal<this, void>(this);
}
