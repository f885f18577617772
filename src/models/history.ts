/** What became of a job's firings, and how its last batch is. */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { Batch, Firing, FiringsPage, Job } from '../api/types';
import { bad } from '../domain/progress';
import { Live } from './live';
import { Refresher } from './refresher';
import { Store } from './store';

export interface IHistoryState {
  /** Known once a run of the job went wrong. */
  readonly lastBatch: Batch | null;
  /** Newest first; empty until somebody wants to see them. */
  readonly batches: readonly Batch[];
  /** Whether there are older batches. */
  readonly moreBatches: boolean;
  /** Newest first; empty for a job without a schedule. */
  readonly firings: readonly Firing[];
  /** Whether there are older ones. */
  readonly more: boolean;
  readonly message: string;
}

const PAGE = 50;
/** As many as the server gives at once. */
const LARGEST_PAGE = 500;
/** Runs may end many times a second; nobody reads that fast. */
const GAP_MS = 1_000;

export class HistoryModel extends Store<IHistoryState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    private readonly _job: string
  ) {
    super({
      lastBatch: null,
      batches: [],
      moreBatches: false,
      firings: [],
      more: false,
      message: ''
    });
    this._refresher = new Refresher(() => this._refresh(), GAP_MS);
    _live.missed.connect(this._ask, this);
  }

  /** The job as it is now: asks only for what there can be. */
  follow(job: Job): void {
    this._wantsBatch = bad(job.runs) > 0;
    this._hasBatches = job.batches > 0;
    this._wantsFirings = job.schedule.kind !== 'now';
    if (!this._wantsBatch) {
      this.update({ lastBatch: null });
    }
    this._ask();
  }

  /** Know the batches, too, from now on; the second time: older ones. */
  showBatches(): void {
    this._wantedBatches += PAGE;
    this._ask();
  }

  /** Show older firings, too. */
  showMore(): void {
    this._wanted += PAGE;
    this._ask();
  }

  override dispose(): void {
    this._refresher.dispose();
    super.dispose();
  }

  private _ask(): void {
    const batches = this._wantedBatches > 0 && this._hasBatches;
    if (this._wantsBatch || this._wantsFirings || batches) {
      this._refresher.request();
    }
  }

  private async _refresh(): Promise<void> {
    try {
      if (this._wantedBatches > 0 && this._hasBatches) {
        await this._loadBatches();
      } else if (this._wantsBatch) {
        const { items } = await this._client.listBatches(this._job, {
          limit: 1
        });
        this.update({ lastBatch: items[0] ?? null, message: '' });
      }
      if (this._wantsFirings) {
        await this._loadFirings();
      }
    } catch (reason) {
      const { kind, status, message } = toApiError(reason);
      if (kind !== 'refused') {
        this._live.report(reason);
      } else if (status !== 404) {
        this.update({ message });
      }
    }
  }

  private async _loadBatches(): Promise<void> {
    const batches: Batch[] = [];
    let cursor: string | undefined;
    do {
      const limit = Math.min(
        this._wantedBatches - batches.length,
        LARGEST_PAGE
      );
      const page = await this._client.listBatches(this._job, { cursor, limit });
      batches.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined && batches.length < this._wantedBatches);
    this.update({
      batches,
      moreBatches: cursor !== undefined,
      lastBatch: this._wantsBatch ? (batches[0] ?? null) : null,
      message: ''
    });
  }

  private async _loadFirings(): Promise<void> {
    const firings: Firing[] = [];
    let cursor: string | undefined;
    let page: FiringsPage;
    do {
      const limit = Math.min(this._wanted - firings.length, LARGEST_PAGE);
      page = await this._client.listFirings(this._job, { cursor, limit });
      firings.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined && firings.length < this._wanted);
    this.update({ firings, more: cursor !== undefined, message: '' });
  }

  private _refresher: Refresher;
  private _wanted = PAGE;
  private _wantsBatch = false;
  private _hasBatches = false;
  private _wantedBatches = 0;
  private _wantsFirings = false;
}
