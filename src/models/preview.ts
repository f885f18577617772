/** What a schedule means, and when it fires: as the server says, of the latest one asked about. */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { encode } from '../api/jsontext';
import { Policies, SchedulePreview, ScheduleRequest } from '../api/types';
import { Store } from './store';

export interface IPreviewState {
  /** Null until the server has answered, and while the schedule is refused. */
  readonly preview: SchedulePreview | null;
  /** Why the schedule is refused; empty if it isn't. */
  readonly problem: string;
}

const DEBOUNCE_MS = 200;
const RETRY_MS = 2_000;

export class PreviewModel extends Store<IPreviewState> {
  constructor(private readonly _client: IJobsClient) {
    super({ preview: null, problem: '' });
  }

  /** This is what the job has now; null: nothing that fires. */
  show(
    schedule: ScheduleRequest | null,
    policies: Policies,
    debounceMs = DEBOUNCE_MS
  ): void {
    const key = encode([schedule, policies]);
    if (key === this._key) {
      return;
    }
    this._key = key;
    clearTimeout(this._timer);
    if (schedule === null) {
      this.update({ preview: null, problem: '' });
      return;
    }
    this._timer = setTimeout(
      () => void this._ask(schedule, policies),
      debounceMs
    );
  }

  override dispose(): void {
    clearTimeout(this._timer);
    super.dispose();
  }

  private async _ask(
    schedule: ScheduleRequest,
    policies: Policies
  ): Promise<void> {
    const key = this._key;
    try {
      const preview = await this._client.previewSchedule(schedule, policies);
      if (key === this._key) {
        this.update({ preview, problem: '' });
      }
    } catch (reason) {
      const { kind, message } = toApiError(reason);
      if (key !== this._key) {
        return;
      }
      if (kind === 'refused') {
        this.update({ preview: null, problem: message });
      } else if (!this.isDisposed) {
        this._key = '';
        this._timer = setTimeout(
          () => this.show(schedule, policies, 0),
          RETRY_MS
        );
      }
    }
  }

  private _key = '';
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
