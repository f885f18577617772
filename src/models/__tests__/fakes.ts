/** A server in memory, and things with defaults: a test names only what it is about. */

/* eslint-disable jupyter/no-untranslated-string -- titles as users give them */

import { ISignal, Signal } from '@lumino/signaling';

import { IJobsClient, IPageQuery, IRunsQuery } from '../../api/client';
import { ApiError } from '../../api/errors';
import { IChange, IChangeFeed } from '../../api/events';
import {
  Job,
  JobDetail,
  JobsPage,
  Log,
  NewJob,
  Run,
  RunDetail,
  RunsPage,
  Server,
  StepRun
} from '../../api/types';

const AT = '2026-11-22T12:00:00.000Z';

export function aJob(fields: Partial<JobDetail> = {}): JobDetail {
  const number = fields.number ?? 1;
  return {
    id: `job-${number}`,
    number,
    name: `Job ${number}`,
    status: 'running',
    message: null,
    project: '/home/me/project',
    pipeline_path: 'train.orchest',
    pipeline_name: 'train',
    snapshot: {
      status: 'ready',
      files: 3,
      bytes: 1234,
      files_done: 3,
      bytes_done: 1234,
      commit: null,
      dirty: null,
      skipped: []
    },
    runs: {
      total: 0,
      pending: 0,
      running: 0,
      succeeded: 0,
      failed: 0,
      cancelled: 0,
      interrupted: 0
    },
    cancel_requested: false,
    first_failed_run: null,
    created_at: AT,
    started_at: AT,
    finished_at: null,
    revision: 1,
    parameters: [],
    parameters_file: null,
    env_variables: {},
    warnings: [],
    ...fields
  };
}

export function aRun(fields: Partial<RunDetail> = {}): RunDetail {
  const number = fields.number ?? 1;
  return {
    id: `run-${number}`,
    job_id: 'job-1',
    job_number: 1,
    number,
    batch: 1,
    status: 'running',
    cause: null,
    message: null,
    attempt: 1,
    parameters: {},
    metrics: {},
    steps_total: 0,
    steps_done: 0,
    failed_step: null,
    cancel_requested: false,
    created_at: AT,
    started_at: AT,
    finished_at: null,
    revision: 1,
    job_name: 'Job 1',
    pipeline_path: 'train.orchest',
    steps: [],
    ...fields
  };
}

export function aStep(fields: Partial<StepRun> = {}): StepRun {
  return {
    step: 'step-1',
    title: 'Fit',
    file_path: 'fit.ipynb',
    kind: 'notebook',
    incoming: [],
    status: 'pending',
    cause: null,
    message: null,
    cells: null,
    cells_done: 0,
    failed_cell: null,
    limits: [],
    has_log: false,
    has_notebook: false,
    started_at: null,
    finished_at: null,
    ...fields
  };
}

/** Answers from memory, and notes what it was asked. */
export class FakeClient implements IJobsClient {
  jobs: JobDetail[] = [];
  runs: RunDetail[] = [];
  deleted: string[] = [];
  logs: Record<string, { text: string; finished: boolean }> = {};
  revision = 1;
  /** While set, every request fails with it. */
  down: ApiError | null = null;
  readonly asked: string[] = [];

  /** Change a job as the server would. */
  changeJob(id: string, fields: Partial<JobDetail>): void {
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

  async cancelJob(id: string): Promise<JobDetail> {
    this.changeJob(id, { cancel_requested: true });
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
    return this._page<Run>(sorted, query);
  }

  async getRun(id: string): Promise<RunDetail> {
    this._note(`run ${id}`);
    return this._find(this.runs, id);
  }

  async cancelRun(id: string): Promise<RunDetail> {
    this.changeRun(id, { cancel_requested: true });
    return this.getRun(id);
  }

  async readLog(run: string, step: string, offset: number): Promise<Log> {
    this._note(`log ${run} ${step} ${offset}`);
    const log = this.logs[step];
    if (log === undefined) {
      throw new ApiError('refused', 'no log', { status: 404, code: 'x' });
    }
    const { text, finished } = log;
    const size = text.length;
    const from = offset < 0 ? Math.max(0, size + offset) : offset;
    return {
      text: text.slice(from),
      offset: from,
      next_offset: size,
      size,
      finished
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
    const from = Number(cursor ?? 0);
    const items = things.slice(from, from + limit);
    const to = from + items.length;
    return {
      items,
      next_cursor: to < total ? String(to) : null,
      total,
      revision
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
