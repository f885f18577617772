/** The runs before and after one in its job. */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { IChange } from '../api/events';
import { Live } from './live';
import { Refresher } from './refresher';
import { Store } from './store';

export interface INeighbours {
  /** Ids; null if there is none, or before the first answer. */
  readonly previous: string | null;
  readonly next: string | null;
}

/** A job that runs changes all the time; its next run can wait. */
const GAP_MS = 2_000;

export class Neighbours extends Store<INeighbours> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    private readonly _run: string
  ) {
    super({ previous: null, next: null });
    this._refresher = new Refresher(() => this._refresh(), GAP_MS);
    _live.hint.connect(this._onHint, this);
    _live.missed.connect(this._refresher.request, this._refresher);
    this._refresher.request();
  }

  override dispose(): void {
    this._live.missed.disconnect(this._refresher.request, this._refresher);
    this._refresher.dispose();
    super.dispose();
  }

  /** Runs are only added at the end, so only the last one gets a new neighbour; any may go. */
  private _onHint(_: Live, { kind, id }: IChange): void {
    const { previous, next } = this.state;
    const isEnd = kind === 'job' && next === null;
    if (isEnd || id === previous || id === next) {
      this._refresher.request();
    }
  }

  private async _refresh(): Promise<void> {
    try {
      this.update(await this._client.getRunNeighbours(this._run));
    } catch (reason) {
      if (toApiError(reason).kind === 'refused') {
        this.update({ previous: null, next: null });
      } else {
        this._live.report(reason);
      }
    }
  }

  private _refresher: Refresher;
}
