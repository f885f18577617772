/** What the server can be asked: the one interface between models and the network. */

import {
  BatchesPage,
  FiringsPage,
  Job,
  JobDetail,
  JobsPage,
  Log,
  NewJob,
  RetryKind,
  RunDetail,
  RunsPage,
  Server,
  SnapshotChoice
} from './types';

export type RunKey = 'number' | 'status' | 'started_at' | 'duration';
/** A key by which the server sorts runs; with `-` in front: descending. */
export type RunSort = RunKey | `-${RunKey}`;

export interface IPageQuery {
  readonly cursor?: string;
  readonly limit?: number;
  /** Only what changed after this revision. */
  readonly since?: number;
}

export interface IRunsQuery extends IPageQuery {
  readonly job: Job['id'];
  readonly sort?: RunSort;
}

/**
 * The server half. Every method rejects with an ApiError; see operations.py for the semantics.
 */
export interface IJobsClient {
  server(): Promise<Server>;

  listJobs(query: IPageQuery): Promise<JobsPage>;
  createJob(request: NewJob): Promise<JobDetail>;
  getJob(id: string): Promise<JobDetail>;
  startJob(id: string): Promise<JobDetail>;
  pauseJob(id: string): Promise<JobDetail>;
  resumeJob(id: string): Promise<JobDetail>;
  /** Another batch, now. */
  runNow(id: string): Promise<JobDetail>;
  /** A draft with the same settings. */
  duplicateJob(
    id: string,
    snapshot: SnapshotChoice,
    accept: readonly string[]
  ): Promise<JobDetail>;
  cancelJob(id: string): Promise<JobDetail>;
  deleteJob(id: string): Promise<void>;

  listBatches(job: string, query: IPageQuery): Promise<BatchesPage>;
  /** The runs of a batch that failed or were interrupted, once more. */
  retryBatch(job: string, batch: number, kind: RetryKind): Promise<JobDetail>;
  listFirings(job: string, query: IPageQuery): Promise<FiringsPage>;

  listRuns(query: IRunsQuery): Promise<RunsPage>;
  getRun(id: string): Promise<RunDetail>;
  cancelRun(id: string): Promise<RunDetail>;
  /** Once more, as `retry` or `resume`. */
  repeatRun(id: string, kind: RetryKind): Promise<RunDetail>;
  pinRun(id: string, pinned: boolean): Promise<RunDetail>;

  /** A piece of a log from a byte offset; a negative one counts from the end. */
  readLog(run: string, step: string, offset: number): Promise<Log>;

  logUrl(run: string, step: string): string;
  notebookUrl(run: string, step: string): string;
  htmlUrl(run: string, step: string, theme: 'light' | 'dark'): string;
}
