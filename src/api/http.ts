/** The client over HTTP, through JupyterLab's own connection settings. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import {
  IFileStart,
  IJobsClient,
  IJobsQuery,
  IPageQuery,
  IRunsQuery,
  IWhichLog
} from './client';
import { ApiError, errorOf } from './errors';
import { encode } from './jsontext';
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
  ISelectRequest,
  JobDetail,
  JobsPage,
  Log,
  NewJob,
  ParametersFile,
  Pipeline,
  PipelineFiles,
  Policies,
  RetryKind,
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

const NAMESPACE = 'jupyter-orchest-jobs';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export class HttpClient implements IJobsClient {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  server(): Promise<Server> {
    return this._json('GET', 'server');
  }

  listJobs(query: IJobsQuery): Promise<JobsPage> {
    return this._json('GET', 'jobs', { ...query });
  }

  createJob(request: NewJob): Promise<JobDetail> {
    return this._json('POST', 'jobs', {}, request);
  }

  getJob(id: string): Promise<JobDetail> {
    return this._json('GET', join('jobs', id));
  }

  startJob(id: string, accept: readonly string[] = []): Promise<JobDetail> {
    return this._json('POST', join('jobs', id, 'start'), {}, { accept });
  }

  pauseJob(id: string): Promise<JobDetail> {
    return this._json('POST', join('jobs', id, 'pause'));
  }

  resumeJob(id: string): Promise<JobDetail> {
    return this._json('POST', join('jobs', id, 'resume'));
  }

  runNow(id: string): Promise<JobDetail> {
    return this._json('POST', join('jobs', id, 'batches'));
  }

  duplicateJob(
    id: string,
    snapshot: SnapshotChoice,
    accept: readonly string[]
  ): Promise<JobDetail> {
    const request = { snapshot, accept };
    return this._json('POST', join('jobs', id, 'duplicate'), {}, request);
  }

  changeJob(id: string, changes: IJobChanges): Promise<JobDetail> {
    return this._json('PATCH', join('jobs', id), {}, changes);
  }

  refreshSnapshot(id: string, accept: readonly string[]): Promise<JobDetail> {
    return this._json('POST', join('jobs', id, 'snapshot'), {}, { accept });
  }

  getSnapshot(job: string): Promise<SnapshotDetail> {
    return this._json('GET', join('jobs', job, 'snapshot'));
  }

  getSnapshotChanges(job: string): Promise<SnapshotChanges> {
    return this._json('GET', join('jobs', job, 'snapshot', 'changes'));
  }

  getEnvironment(job: string, environment: string): Promise<EnvironmentDetail> {
    return this._json('GET', join('jobs', job, 'environments', environment));
  }

  getEnvironmentChanges(
    job: string,
    environment: string
  ): Promise<EnvironmentChanges> {
    return this._json(
      'GET',
      join('jobs', job, 'environments', environment, 'changes')
    );
  }

  freezeEnvironment(job: string, environment: string): Promise<JobDetail> {
    return this._json(
      'POST',
      join('jobs', job, 'environments', environment, 'freeze')
    );
  }

  listPipelines(): Promise<PipelineFiles> {
    return this._json('GET', 'pipelines');
  }

  expandGrid(request: IGridRequest): Promise<Grid> {
    return this._json('POST', 'strategies/expand', {}, request);
  }

  selectRuns(request: ISelectRequest): Promise<SelectResult> {
    return this._json('POST', 'strategies/select', {}, request);
  }

  async writeParametersFile(request: ParametersFile): Promise<string> {
    const answer = await this._json<{ path: string }>(
      'POST',
      'parameters-files',
      {},
      request
    );
    return answer.path;
  }

  previewSchedule(
    schedule: ScheduleRequest,
    policies?: Partial<Policies>
  ): Promise<SchedulePreview> {
    const request = { schedule, policies };
    return this._json('POST', 'schedules/preview', {}, request);
  }

  getSettings(): Promise<Settings> {
    return this._json('GET', 'settings');
  }

  changeSettings(changes: Partial<Settings>): Promise<Settings> {
    return this._json('PATCH', 'settings', {}, changes);
  }

  getCluster(): Promise<Cluster> {
    return this._json('GET', 'cluster');
  }

  changeCluster(changes: IClusterChanges): Promise<Cluster> {
    return this._json('PATCH', 'cluster', {}, changes);
  }

  cancelJob(id: string): Promise<JobDetail> {
    return this._json('POST', join('jobs', id, 'cancel'));
  }

  async deleteJob(id: string): Promise<void> {
    await this._request('DELETE', join('jobs', id));
  }

  listBatches(job: string, query: IPageQuery): Promise<BatchesPage> {
    return this._json('GET', join('jobs', job, 'batches'), { ...query });
  }

  retryBatch(job: string, batch: number, kind: RetryKind): Promise<JobDetail> {
    const path = join('jobs', job, 'batches', String(batch), 'retry');
    return this._json('POST', path, {}, { kind });
  }

  listFirings(job: string, query: IPageQuery): Promise<FiringsPage> {
    return this._json('GET', join('jobs', job, 'firings'), { ...query });
  }

  listRuns(query: IRunsQuery): Promise<RunsPage> {
    const { where, ...rest } = query;
    const rules = where === undefined ? undefined : encode(where);
    return this._json('GET', 'runs', { ...rest, where: rules });
  }

  getRun(id: string): Promise<RunDetail> {
    return this._json('GET', join('runs', id));
  }

  cancelRun(id: string): Promise<RunDetail> {
    return this._json('POST', join('runs', id, 'cancel'));
  }

  repeatRun(id: string, kind: RetryKind): Promise<RunDetail> {
    return this._json('POST', join('runs', id, kind));
  }

  pinRun(id: string, pinned: boolean): Promise<RunDetail> {
    return this._json('POST', join('runs', id, 'pin'), {}, { pinned });
  }

  async deleteRun(id: string): Promise<void> {
    await this._request('DELETE', join('runs', id));
  }

  actOnRuns(act: RunsAct, ids: readonly string[]): Promise<RunsActResult> {
    return this._json('POST', 'runs/act', {}, { act, ids });
  }

  getRunPipeline(id: string): Promise<Pipeline> {
    return this._json('GET', join('runs', id, 'pipeline'));
  }

  listRunFiles(id: string, path: string): Promise<RunFiles> {
    return this._json('GET', join('runs', id, 'files'), { path });
  }

  runFileUrl(run: string, path: string): string {
    return this._url(join('runs', run, 'file'), { path });
  }

  runFilesUrl(run: string, changed: boolean): string {
    return this._url(join('runs', run, 'files.zip'), { changed });
  }

  async readRunFile(
    run: string,
    path: string,
    most: number
  ): Promise<IFileStart> {
    const query = { path };
    return startOf(
      await this._request('GET', join('runs', run, 'file'), query),
      most
    );
  }

  getRunNeighbours(id: string): Promise<RunNeighbours> {
    return this._json('GET', join('runs', id, 'neighbours'));
  }

  readLog(
    run: string,
    step: string,
    offset: number,
    which?: IWhichLog
  ): Promise<Log> {
    return this._json('GET', join('runs', run, 'steps', step, 'log'), {
      offset,
      ...which
    });
  }

  readNotebook(run: string, step: string): Promise<unknown> {
    const path = join('runs', run, 'steps', step, 'notebook.ipynb');
    return this._json('GET', path);
  }

  lockUrl(job: string, environment: string): string {
    return this._url(
      join('jobs', job, 'environments', environment, 'lock.txt')
    );
  }

  logUrl(run: string, step: string, which?: IWhichLog): string {
    const path = join('runs', run, 'steps', step, 'log.txt');
    return this._url(path, { ...which });
  }

  notebookUrl(run: string, step: string): string {
    return this._url(join('runs', run, 'steps', step, 'notebook.ipynb'));
  }

  htmlUrl(run: string, step: string, theme: 'light' | 'dark'): string {
    const path = join('runs', run, 'steps', step, 'html');
    return this._url(path, { theme, framed: true });
  }

  private _url(path: string, query: Query = {}): string {
    const search = Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
      .join('&');
    const url = URLExt.join(this._settings.baseUrl, NAMESPACE, path);
    return search === '' ? url : `${url}?${search}`;
  }

  private async _json<T>(
    method: string,
    path: string,
    query: Query = {},
    body?: unknown
  ): Promise<T> {
    const response = await this._request(method, path, query, body);
    // The server's answers are made from the same schemas as the types.
    return (await response.json()) as T;
  }

  private async _request(
    method: string,
    path: string,
    query: Query = {},
    body?: unknown
  ): Promise<Response> {
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.body = encode(body);
    }
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(
        this._url(path, query),
        init,
        this._settings
      );
    } catch (reason) {
      const message = reason instanceof Error ? reason.message : String(reason);
      throw new ApiError('unreachable', message);
    }
    if (!response.ok) {
      throw await errorOf(response);
    }
    return response;
  }
}

/** The first bytes of an answer; the rest is not loaded. */
async function startOf(response: Response, most: number): Promise<IFileStart> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader !== undefined && length <= most) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    pieces.push(value);
    length += value.length;
  }
  void reader?.cancel();
  const bytes = new Uint8Array(Math.min(length, most));
  let at = 0;
  for (const piece of pieces) {
    const part = piece.subarray(0, bytes.length - at);
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, complete: length <= most };
}

/** A path of parts that may hold any character. */
function join(...parts: string[]): string {
  return parts.map(encodeURIComponent).join('/');
}
