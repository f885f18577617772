/** What the server can be asked: the one interface between models and the network. */

import {
  Job,
  JobDetail,
  JobsPage,
  Log,
  NewJob,
  RunDetail,
  RunsPage,
  Server
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
  cancelJob(id: string): Promise<JobDetail>;
  deleteJob(id: string): Promise<void>;

  listRuns(query: IRunsQuery): Promise<RunsPage>;
  getRun(id: string): Promise<RunDetail>;
  cancelRun(id: string): Promise<RunDetail>;

  /** A piece of a log from a byte offset; a negative one counts from the end. */
  readLog(run: string, step: string, offset: number): Promise<Log>;

  logUrl(run: string, step: string): string;
  notebookUrl(run: string, step: string): string;
  htmlUrl(run: string, step: string, theme: 'light' | 'dark'): string;
}
