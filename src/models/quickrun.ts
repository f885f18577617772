/** The quick run of some steps of an open pipeline: how it and its steps go. */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { IChange } from '../api/events';
import { Job, RunDetail, StepRun } from '../api/types';
import { belowRoot } from '../domain/paths';
import { hasEnded } from '../domain/status';
import { Live } from './live';
import { Refresher } from './refresher';
import { SharedStorage } from './storage';
import { Store } from './store';

export interface IQuickRunState {
  /** Null if there is none, or it was cleared. */
  readonly job: Job | null;
  /** Null before the snapshot is taken. */
  readonly run: RunDetail | null;
}

/** More quick jobs than this are not looked through. */
const MOST = 100;

export class QuickRun extends Store<IQuickRunState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    private readonly _storage: Pick<SharedStorage, 'get' | 'set'>
  ) {
    super({ job: null, run: null });
    this._refresher = new Refresher(() => this._refresh());
    _live.hint.connect(this._onHint, this);
    _live.missed.connect(this._onMissed, this);
  }

  /** Whether it goes on. */
  get isActive(): boolean {
    const { job } = this.state;
    return job !== null && !hasEnded(job.status);
  }

  /** How a step goes; undefined if it is not run. */
  step(id: string): StepRun | undefined {
    return this.state.run?.steps.find(({ step }) => step === id);
  }

  show(job: Job): void {
    this.update({ job, run: null });
    this._refresher.request();
  }

  /** Show the last one of a pipeline, unless it was cleared: the page may have been reloaded. */
  async resume(path: string): Promise<void> {
    try {
      const { root_dir } = await this._client.server();
      const page = await this._client.listJobs({ quick: true, limit: MOST });
      const found = page.items.find(
        job => belowRoot(fileOf(job), root_dir) === path
      );
      if (
        found !== undefined &&
        this.state.job === null &&
        this._storage.get(clearedKey(found)) !== found.id
      ) {
        this.show(found);
      }
    } catch (reason) {
      this._live.report(reason);
    }
  }

  /** @throws ApiError */
  async cancel(): Promise<void> {
    const { job } = this.state;
    if (job !== null) {
      await this._client.cancelJob(job.id);
      this._refresher.request();
    }
  }

  /** Take it out of view, also when the pipeline is opened again. */
  clear(): void {
    const { job } = this.state;
    if (job !== null) {
      this._storage.set(clearedKey(job), job.id);
    }
    this._forget();
  }

  override dispose(): void {
    this._refresher.dispose();
    super.dispose();
  }

  private _forget(): void {
    this.update({ job: null, run: null });
  }

  private _onHint(_: Live, change: IChange): void {
    if (change.job_id === this.state.job?.id) {
      this._refresher.request();
    }
  }

  private _onMissed(): void {
    if (this.state.job !== null) {
      this._refresher.request();
    }
  }

  private async _refresh(): Promise<void> {
    const id = this.state.job?.id;
    if (id === undefined) {
      return;
    }
    try {
      const job = await this._client.getJob(id);
      const { items } = await this._client.listRuns({ job: id, limit: 1 });
      const run =
        items.length === 0 ? null : await this._client.getRun(items[0].id);
      if (this.state.job?.id === id) {
        this.update({ job, run });
      }
    } catch (reason) {
      if (toApiError(reason).status === 404 && this.state.job?.id === id) {
        this._forget();
      } else {
        this._live.report(reason);
      }
    }
  }

  private _refresher: Refresher;
}

/** The pipeline that a job was made of. */
function fileOf({ project, pipeline_path }: Job): string {
  return `${project}/${pipeline_path}`;
}

/** Where it is noted which of a pipeline's quick jobs was cleared last. */
function clearedKey(job: Job): string {
  return `quick-cleared:${fileOf(job)}`;
}
