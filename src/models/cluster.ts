/** The cluster, as long as somebody looks at it: the server is asked every few seconds. */

import { Poll } from '@lumino/polling';

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { Cluster, IClusterChanges } from '../api/types';
import { Store } from './store';

export interface IClusterModelState {
  /** Null until the server has answered. */
  readonly cluster: Cluster | null;
  /** Why the server could not be asked; empty if it could. */
  readonly message: string;
  /** Whether new settings are on their way, and what became of them. */
  readonly saving: 'no' | 'now' | 'saved' | 'refused';
  /** Why they were refused. */
  readonly refusal: string;
}

const CLOSELY: Poll['frequency'] = {
  interval: 2_000,
  backoff: 1.5,
  max: 30_000
};
const CALMLY: Poll['frequency'] = { ...CLOSELY, interval: 30_000 };

export class ClusterModel extends Store<IClusterModelState> {
  /** @param cluster - as it is known already. */
  constructor(
    private readonly _client: Pick<IJobsClient, 'getCluster' | 'changeCluster'>,
    cluster: Cluster | null = null
  ) {
    super({ cluster, message: '', saving: 'no', refusal: '' });
    this._poll = new Poll({
      factory: () => this._ask(),
      frequency: CALMLY,
      name: 'orchest-jobs:cluster',
      standby: 'when-hidden'
    });
  }

  /** Look closely while its state matters, else now and then. */
  watch(closely: boolean): void {
    this._poll.frequency = closely ? CLOSELY : CALMLY;
    this.look();
  }

  /** Look now. */
  look(): void {
    void this._poll.refresh();
  }

  /** Change its settings; the state says whether they were refused. */
  async change(changes: IClusterChanges): Promise<void> {
    if (this.state.saving === 'now') {
      return;
    }
    this.update({ saving: 'now', refusal: '' });
    try {
      const cluster = await this._client.changeCluster(changes);
      this._changes += 1;
      this.update({ cluster, message: '', saving: 'saved' });
    } catch (reason) {
      const refusal = toApiError(reason).message;
      this.update({ saving: 'refused', refusal });
    }
  }

  override dispose(): void {
    this._poll.dispose();
    super.dispose();
  }

  private async _ask(): Promise<void> {
    const changes = this._changes;
    try {
      const cluster = await this._client.getCluster();
      // What was asked before a change was made is no news after it.
      if (changes === this._changes) {
        this.update({ cluster, message: '' });
      }
    } catch (reason) {
      this.update({ message: toApiError(reason).message });
      throw reason; // so that the server is asked less often
    }
  }

  private readonly _poll: Poll;
  private _changes = 0;
}
