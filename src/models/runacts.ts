/** What is done with single runs, and the run that is pointed at. */

import { IJobsClient } from '../api/client';
import { RetryKind, Run } from '../api/types';
import { Live } from './live';
import { Store } from './store';

export interface IRunActsState {
  /** The run whose context menu is open, or was last. */
  readonly pointed: Run | null;
}

export class RunActs extends Store<IRunActsState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live
  ) {
    super({ pointed: null });
  }

  point(run: Run): void {
    this.update({ pointed: run });
  }

  /** @throws ApiError */
  cancel(id: string): Promise<void> {
    return this._tell(this._client.cancelRun(id));
  }

  /** @throws ApiError */
  repeat(id: string, kind: RetryKind): Promise<void> {
    return this._tell(this._client.repeatRun(id, kind));
  }

  /** @throws ApiError */
  pin(id: string, pinned: boolean): Promise<void> {
    return this._tell(this._client.pinRun(id, pinned));
  }

  /** @throws ApiError */
  async delete(run: Run): Promise<void> {
    await this._client.deleteRun(run.id);
    // Who shows it asks for it, and hears that it is gone.
    await this._tell(Promise.resolve(run));
  }

  private async _tell(answer: Promise<Run>): Promise<void> {
    const { id, job_id, status, revision } = await answer;
    this._live.tell({ kind: 'run', id, job_id, status, revision });
  }
}
