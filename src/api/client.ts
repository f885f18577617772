/** What the server can be asked: the one interface between models and the network. */

import {
  BatchesPage,
  Cluster,
  EnvironmentChanges,
  EnvironmentDetail,
  FiringsPage,
  Grid,
  IClusterChanges,
  IGridRequest,
  IJobChanges,
  IRule,
  ISelectRequest,
  Job,
  JobDetail,
  JobsPage,
  Log,
  NewJob,
  ParametersFile,
  Pipeline,
  PipelineFiles,
  Policies,
  RetryKind,
  Run,
  RunDetail,
  RunFiles,
  RunNeighbours,
  RunsAct,
  RunsActResult,
  RunsPage,
  SchedulePreview,
  ScheduleRequest,
  SelectResult,
  Server,
  Settings,
  SnapshotChanges,
  SnapshotChoice,
  SnapshotDetail
} from './types';

/** What every run has. */
export type RunField =
  'number' | 'status' | 'started_at' | 'finished_at' | 'duration';
/** Also what the runs of one job have: `parameter:SCOPE/NAME`. */
export type RunKey = RunField | `parameter:${string}` | `metric:${string}`;
/** A key by which the server sorts runs; with `-` in front: descending. */
export type RunSort = RunKey | `-${RunKey}`;

export interface IPageQuery {
  readonly cursor?: string;
  readonly limit?: number;
  /** Only what changed after this revision. */
  readonly since?: number;
}

export interface IJobsQuery extends IPageQuery {
  /** Only quick jobs, which are left out otherwise. */
  readonly quick?: boolean;
}

export interface IRunsQuery extends IPageQuery {
  /** Without it, the runs of all jobs. */
  readonly job?: Job['id'];
  readonly sort?: RunSort;
  readonly status?: Run['status'];
  readonly batch?: number;
  /** Part of a run's number, status, message or values. */
  readonly text?: string;
  /** One of the values that are named for each parameter. */
  readonly where?: readonly IRule[];
  /** With the states of all steps. */
  readonly steps?: boolean;
}

/** One of a step's logs, if it was tried or executed several times; without it, the last one. */
export interface IWhichLog {
  readonly attempt: number;
  readonly try: number;
}

/** As much of a file as was asked for. */
export interface IFileStart {
  readonly bytes: Uint8Array;
  /** Whether that is all of it. */
  readonly complete: boolean;
}

/**
 * The server half. Every method rejects with an ApiError; see operations.py for the semantics.
 */
export interface IJobsClient {
  server(): Promise<Server>;

  listJobs(query: IJobsQuery): Promise<JobsPage>;
  createJob(request: NewJob): Promise<JobDetail>;
  getJob(id: string): Promise<JobDetail>;
  startJob(id: string, accept?: readonly string[]): Promise<JobDetail>;
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
  /** Changes of a draft, or of the next batches of a recurring job. */
  changeJob(id: string, changes: IJobChanges): Promise<JobDetail>;
  refreshSnapshot(id: string, accept: readonly string[]): Promise<JobDetail>;
  getSnapshot(job: string): Promise<SnapshotDetail>;
  getSnapshotChanges(job: string): Promise<SnapshotChanges>;
  getEnvironment(job: string, environment: string): Promise<EnvironmentDetail>;
  getEnvironmentChanges(
    job: string,
    environment: string
  ): Promise<EnvironmentChanges>;
  /** By a copy, where its files can't be linked. */
  freezeEnvironment(job: string, environment: string): Promise<JobDetail>;
  cancelJob(id: string): Promise<JobDetail>;
  deleteJob(id: string): Promise<void>;

  listPipelines(): Promise<PipelineFiles>;
  expandGrid(request: IGridRequest): Promise<Grid>;
  selectRuns(request: ISelectRequest): Promise<SelectResult>;
  /** Write a parameters file into the project; its path. */
  writeParametersFile(request: ParametersFile): Promise<string>;
  previewSchedule(
    schedule: ScheduleRequest,
    policies?: Partial<Policies>
  ): Promise<SchedulePreview>;
  getSettings(): Promise<Settings>;
  changeSettings(changes: Partial<Settings>): Promise<Settings>;
  getCluster(): Promise<Cluster>;
  changeCluster(changes: IClusterChanges): Promise<Cluster>;

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
  deleteRun(id: string): Promise<void>;
  actOnRuns(act: RunsAct, ids: readonly string[]): Promise<RunsActResult>;
  /** The pipeline as this run executes it. */
  getRunPipeline(id: string): Promise<Pipeline>;
  /** One folder of a run's files; the top is ''. */
  listRunFiles(id: string, path: string): Promise<RunFiles>;

  /** The beginning of a file. */
  readRunFile(id: string, path: string, most: number): Promise<IFileStart>;
  getRunNeighbours(id: string): Promise<RunNeighbours>;

  /** A piece of a log from a byte offset; a negative one counts from the end. */
  readLog(
    run: string,
    step: string,
    offset: number,
    which?: IWhichLog
  ): Promise<Log>;

  /** The executed notebook of a step, as JSON. */
  readNotebook(run: string, step: string): Promise<unknown>;

  /** The packages of an environment as requirements. */
  lockUrl(job: string, environment: string): string;
  logUrl(run: string, step: string, which?: IWhichLog): string;
  notebookUrl(run: string, step: string): string;
  runFileUrl(run: string, path: string): string;
  /** All files of a run as a zip, or only those that it changed. */
  runFilesUrl(run: string, changed: boolean): string;
  /** The page around the executed notebook's page; begins with the cell that failed. */
  htmlUrl(run: string, step: string, theme: 'light' | 'dark'): string;
}
