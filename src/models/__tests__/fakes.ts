/** A server in memory. */

import { ISignal, Signal } from '@lumino/signaling';

import {
  IJobsClient,
  IPageQuery,
  IRunsQuery,
  IWhichLog
} from '../../api/client';
import { ApiError } from '../../api/errors';
import { IChange, IChangeFeed } from '../../api/events';
import {
  Batch,
  BatchesPage,
  Firing,
  FiringsPage,
  Job,
  JobDetail,
  JobsPage,
  Log,
  NewJob,
  RetryKind,
  Run,
  RunDetail,
  RunsPage,
  Server,
  SnapshotChoice
} from '../../api/types';
import { aJob } from './things';
import { UnaskedClient } from './unasked';

export * from './things';

/** Answers from memory, and notes what it was asked. */
export class FakeClient extends UnaskedClient implements IJobsClient {
  jobs: JobDetail[] = [];
  runs: RunDetail[] = [];
  deleted: string[] = [];
  deletedRuns: string[] = [];
  batches: Batch[] = [];
  firings: Firing[] = [];
  logs: Record<string, { text: string; finished: boolean; tries?: number }> =
    {};
  revision = 1;
  notice: string | null = null;
  /** While set, every request fails with it. */
  down: ApiError | null = null;
  readonly asked: string[] = [];

  /** Change a job as the server would. */
  alterJob(id: string, fields: Partial<JobDetail>): void {
    this.revision += 1;
    this.jobs = this.jobs.map(job =>
      job.id === id ? { ...job, ...fields, revision: this.revision } : job
    );
  }

  changeRun(id: string, fields: Partial<RunDetail>): void {
    this.revision += 1;
    this.runs = this.runs.map(run =>
      run.id === id ? { ...run, ...fields, revision: this.revision } : run
    );
  }

  addJob(job: JobDetail): void {
    this.revision += 1;
    this.jobs = [{ ...job, revision: this.revision }, ...this.jobs];
  }

  async server(): Promise<Server> {
    this._note('server');
    return {
      version: '0',
      state_dir: '/state',
      conductor_running: true,
      notice: this.notice,
      root_dir: '/home/me',
      revision: this.revision
    };
  }

  async listJobs(query: IPageQuery): Promise<JobsPage> {
    this._note(`jobs ${JSON.stringify(query)}`);
    const page = this._page<Job>(this.jobs, query);
    return { ...page, deleted: query.since === undefined ? [] : this.deleted };
  }

  async createJob(request: NewJob): Promise<JobDetail> {
    this._note(`create ${request.pipeline_path}`);
    const job = aJob({ number: this.jobs.length + 1 });
    this.addJob(job);
    return this.jobs[0];
  }

  async getJob(id: string): Promise<JobDetail> {
    this._note(`job ${id}`);
    return this._find(this.jobs, id);
  }

  async startJob(id: string): Promise<JobDetail> {
    return this._do('start', id, { start_requested: true });
  }

  async pauseJob(id: string): Promise<JobDetail> {
    const fields = { status: 'paused', next_firing_at: null } as const;
    return this._do('pause', id, fields);
  }

  async resumeJob(id: string): Promise<JobDetail> {
    return this._do('resume', id, { status: 'scheduled' });
  }

  async runNow(id: string): Promise<JobDetail> {
    return this._do('run now', id, { status: 'running' });
  }

  async duplicateJob(
    id: string,
    snapshot: SnapshotChoice,
    accept: readonly string[]
  ): Promise<JobDetail> {
    this._note(`duplicate ${id} ${snapshot} [${accept.join()}]`);
    const number = this.jobs.length + 1;
    this.addJob(aJob({ number, status: 'draft', start_requested: false }));
    return this.jobs[0];
  }

  async listBatches(job: string, query: IPageQuery): Promise<BatchesPage> {
    this._note(`batches ${job} ${JSON.stringify(query)}`);
    return this._slice(this.batches, query);
  }

  async retryBatch(
    job: string,
    batch: number,
    kind: RetryKind
  ): Promise<JobDetail> {
    return this._do(`${kind} batch ${batch} of`, job, {});
  }

  async listFirings(job: string, query: IPageQuery): Promise<FiringsPage> {
    this._note(`firings ${job} ${JSON.stringify(query)}`);
    return this._slice(this.firings, query);
  }

  async cancelJob(id: string): Promise<JobDetail> {
    this.alterJob(id, { cancel_requested: true });
    return this.getJob(id);
  }

  async deleteJob(id: string): Promise<void> {
    this._note(`delete ${id}`);
    this.jobs = this.jobs.filter(job => job.id !== id);
    this.deleted.push(id);
    this.revision += 1;
  }

  async listRuns(query: IRunsQuery): Promise<RunsPage> {
    this._note(`runs ${JSON.stringify(query)}`);
    const sorted = query.sort?.startsWith('-')
      ? [...this.runs].reverse()
      : this.runs;
    const page = this._page<Run>(sorted, query);
    const deleted = query.since === undefined ? [] : this.deletedRuns;
    return { ...page, deleted };
  }

  async getRun(id: string): Promise<RunDetail> {
    this._note(`run ${id}`);
    return this._find(this.runs, id);
  }

  async cancelRun(id: string): Promise<RunDetail> {
    this.changeRun(id, { cancel_requested: true });
    return this.getRun(id);
  }

  async repeatRun(id: string, kind: RetryKind): Promise<RunDetail> {
    this._note(`${kind} ${id}`);
    this.changeRun(id, { retry_requested: true });
    return this.getRun(id);
  }

  async pinRun(id: string, pinned: boolean): Promise<RunDetail> {
    this._note(`pin ${id} ${pinned}`);
    this.changeRun(id, { pinned });
    return this.getRun(id);
  }

  async readLog(
    run: string,
    step: string,
    offset: number,
    which?: IWhichLog
  ): Promise<Log> {
    const of = which === undefined ? '' : ` ${which.attempt}.${which.try}`;
    this._note(`log ${run} ${step} ${offset}${of}`);
    const log = this.logs[step];
    if (log === undefined) {
      throw new ApiError('refused', 'no log', { status: 404, code: 'x' });
    }
    const { text, finished, tries = 1 } = log;
    const size = text.length;
    const from = offset < 0 ? Math.max(0, size + offset) : offset;
    return {
      text: text.slice(from),
      offset: from,
      next_offset: size,
      size,
      finished,
      attempt: 1,
      tries
    };
  }

  logUrl(run: string, step: string): string {
    return `/log/${run}/${step}`;
  }

  notebookUrl(run: string, step: string): string {
    return `/notebook/${run}/${step}`;
  }

  htmlUrl(run: string, step: string, theme: string): string {
    return `/html/${run}/${step}?theme=${theme}`;
  }

  private _note(what: string): void {
    this.asked.push(what);
    if (this.down !== null) {
      throw this.down;
    }
  }

  private _do(what: string, id: string, fields: Partial<JobDetail>): JobDetail {
    this._note(`${what} ${id}`);
    this.alterJob(id, fields);
    return this._find(this.jobs, id);
  }

  private _find<T extends { id: string }>(things: T[], id: string): T {
    const found = things.find(thing => thing.id === id);
    if (found === undefined) {
      throw new ApiError('refused', 'gone', { status: 404, code: 'not_found' });
    }
    return found;
  }

  private _page<T extends { revision: number }>(
    things: readonly T[],
    { since, cursor, limit = 100 }: IPageQuery
  ): {
    items: T[];
    next_cursor: string | null;
    total: number;
    revision: number;
  } {
    const { revision } = this;
    const total = things.length;
    if (since !== undefined) {
      const items = things.filter(thing => thing.revision > since);
      return { items, next_cursor: null, total, revision };
    }
    return this._slice(things, { cursor, limit });
  }

  private _slice<T>(
    things: readonly T[],
    { cursor, limit = 100 }: IPageQuery
  ): {
    items: T[];
    next_cursor: string | null;
    total: number;
    revision: number;
  } {
    const total = things.length;
    const from = Number(cursor ?? 0);
    const items = things.slice(from, from + limit);
    const to = from + items.length;
    return {
      items,
      next_cursor: to < total ? String(to) : null,
      total,
      revision: this.revision
    };
  }
}

export class FakeFeed implements IChangeFeed {
  get changed(): ISignal<this, IChange> {
    return this._changed;
  }

  job(id: string, status = 'running'): void {
    this._changed.emit({ kind: 'job', id, job_id: id, status, revision: 0 });
  }

  run(id: string, job_id = 'job-1', status = 'running'): void {
    this._changed.emit({ kind: 'run', id, job_id, status, revision: 0 });
  }

  private _changed = new Signal<this, IChange>(this);
}

export const UNREACHABLE = new ApiError('unreachable', 'Failed to fetch');

/** Let time pass: timers fire, and what waits for answers goes on. */
export async function pass(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
}
