import { ServerConnection } from '@jupyterlab/services';

import { ApiError } from '../errors';
import { HttpClient } from '../http';

describe('HttpClient', () => {
  let asked: Request[];
  let answer: () => Promise<Response>;
  let client: HttpClient;

  beforeEach(() => {
    asked = [];
    answer = async () => json(200, {});
    client = new HttpClient(
      ServerConnection.makeSettings({
        baseUrl: 'http://host/user/me/',
        fetch: async (request: RequestInfo) => {
          asked.push(request as Request);
          return answer();
        }
      })
    );
  });

  const json = (status: number, body: unknown) =>
    new Response(JSON.stringify(body), { status });

  const failure = async (): Promise<ApiError> =>
    client.getJob('x').then(
      () => {
        throw new Error('did not fail');
      },
      (reason: ApiError) => reason
    );

  it('asks below the base URL, and leaves out what is not given', async () => {
    await client.listRuns({ job: 'j 1', sort: '-duration', cursor: undefined });
    const url = new URL(asked[0].url);
    expect(url.pathname).toBe('/user/me/jupyter-orchest-jobs/runs');
    expect(url.searchParams.get('job')).toBe('j 1');
    expect(url.searchParams.get('sort')).toBe('-duration');
    expect(url.searchParams.has('cursor')).toBe(false);
  });

  it('sends a job as JSON', async () => {
    await client.createJob({ pipeline_path: 'a.orchest', start: true });
    expect(asked[0].method).toBe('POST');
    expect(await asked[0].json()).toEqual({
      pipeline_path: 'a.orchest',
      start: true
    });
  });

  it('escapes ids in addresses', () => {
    expect(client.htmlUrl('r', 'a/b?', 'dark')).toBe(
      'http://host/user/me/jupyter-orchest-jobs/runs/r/steps/a%2Fb%3F/html?theme=dark&framed=true'
    );
  });

  it('takes an answer without contents', async () => {
    answer = async () => new Response(null, { status: 204 });
    await expect(client.deleteJob('x')).resolves.toBeUndefined();
    expect(asked[0].method).toBe('DELETE');
  });

  it('hands on what the server says is wrong', async () => {
    const problems = [
      { message: 'A cycle.', file: 'a.orchest', line: 3, step: 'Fit' }
    ];
    answer = async () =>
      json(422, { code: 'pipeline_invalid', message: 'Bad.', problems });
    const error = await failure();
    expect(error).toMatchObject({
      kind: 'refused',
      status: 422,
      code: 'pipeline_invalid',
      message: 'Bad.',
      problems
    });
  });

  it('hands on what may be agreed to', async () => {
    answer = async () =>
      json(409, {
        code: 'confirmation_needed',
        message: '40 GB',
        accept: 'large_snapshot'
      });
    expect((await failure()).accept).toBe('large_snapshot');
  });

  it('tells a server without us from one of ours without the job', async () => {
    answer = async () => json(404, { code: 'not_found', message: 'No job x.' });
    expect((await failure()).kind).toBe('refused');
    answer = async () => json(404, { message: 'Not Found', reason: null });
    expect((await failure()).kind).toBe('missing');
    answer = async () => new Response('<html>', { status: 404 });
    expect((await failure()).kind).toBe('missing');
  });

  it('knows a server that does not answer, and a proxy in its place', async () => {
    answer = async () => {
      throw new TypeError('Failed to fetch');
    };
    expect((await failure()).kind).toBe('unreachable');
    answer = async () => new Response('Bad gateway', { status: 502 });
    expect((await failure()).kind).toBe('unreachable');
  });

  it('asks for acts as the route table names them', async () => {
    answer = async () => json(200, {});
    await client.startJob('a');
    await client.pauseJob('a');
    await client.resumeJob('a');
    await client.runNow('a');
    await client.duplicateJob('a', 'own', ['x']);
    await client.retryBatch('a', 3, 'resume');
    await client.repeatRun('r', 'retry');
    await client.repeatRun('r', 'resume');
    await client.pinRun('r', false);
    await client.listFirings('a', { limit: 50 });
    await client.listBatches('a', { limit: 1 });
    // JupyterLab adds the time, against caches.
    const rest = /^.*jupyter-orchest-jobs|[?&]\d+$/g;
    expect(
      asked.map(({ method, url }) => `${method} ${url.replace(rest, '')}`)
    ).toEqual([
      'POST /jobs/a/start',
      'POST /jobs/a/pause',
      'POST /jobs/a/resume',
      'POST /jobs/a/batches',
      'POST /jobs/a/duplicate',
      'POST /jobs/a/batches/3/retry',
      'POST /runs/r/retry',
      'POST /runs/r/resume',
      'POST /runs/r/pin',
      'GET /jobs/a/firings?limit=50',
      'GET /jobs/a/batches?limit=1'
    ]);
  });
});
