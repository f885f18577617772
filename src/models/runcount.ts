/** How many runs a draft would have. */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { JobDetail } from '../api/types';
import { DraftModel } from './draft';
import { selectionRequest } from './lists';
import { Live } from './live';
import { Store } from './store';

export interface IRunCountState {
  /** Null until the server has answered. */
  readonly runs: number | null;
}

const DEBOUNCE_MS = 80;

export class RunCount extends Store<IRunCountState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    private readonly _draft: DraftModel
  ) {
    super({ runs: null });
    _draft.changed.connect(this._onDraft, this);
    this._onDraft();
  }

  override dispose(): void {
    clearTimeout(this._timer);
    super.dispose();
  }

  private _onDraft(): void {
    const job = this._draft.state.shown;
    if (job === null) {
      return;
    }
    const { base, rules, exceptions } = job.selection;
    const all = base === 'all' && rules.length + exceptions.length === 0;
    const key = all ? '' : JSON.stringify([job.selection, textsOf(job)]);
    clearTimeout(this._timer);
    if (all) {
      this._key = key;
      const runs = job.parameters.reduce(
        (product, { texts }) => product * texts.length,
        1
      );
      this.update({ runs });
    } else if (key !== this._key) {
      this._timer = setTimeout(() => void this._ask(key, job), DEBOUNCE_MS);
    }
  }

  private async _ask(key: string, job: JobDetail): Promise<void> {
    this._key = key;
    try {
      const grid = await this._client.expandGrid({
        parameters: this._draft.state.lists,
        selection: selectionRequest(job.selection),
        limit: 0
      });
      if (this._key === key) {
        this.update({ runs: grid.included });
      }
    } catch (reason) {
      if (toApiError(reason).kind !== 'refused') {
        this._live.report(reason);
      }
      if (this._key === key) {
        this._key = null; // Asked for again with the next change.
        this.update({ runs: null });
      }
    }
  }

  private _key: string | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

function textsOf(job: JobDetail): unknown {
  return job.parameters.map(({ scope, name, texts }) => [scope, name, texts]);
}
