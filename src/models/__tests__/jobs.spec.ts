import { ApiError } from '../../api/errors';
import { JobsModel } from '../jobs';
import { Live } from '../live';
import { aJob, FakeClient, FakeFeed, pass, UNREACHABLE } from './fakes';

describe('JobsModel', () => {
  let client: FakeClient;
  let feed: FakeFeed;
  let live: Live;
  let model: JobsModel;

  beforeEach(() => {
    jest.useFakeTimers();
    client = new FakeClient();
    client.jobs = [3, 2, 1].map(number => aJob({ number }));
    feed = new FakeFeed();
    live = new Live(client, feed);
    model = new JobsModel(client, live);
  });

  afterEach(() => {
    model.dispose();
    live.dispose();
    jest.useRealTimers();
  });

  const start = async () => {
    live.start();
    await pass(300);
  };
  const numbers = () => model.state.jobs?.map(job => job.number);

  it('is empty-handed until the server has answered', async () => {
    expect(model.state.jobs).toBeNull();
    await start();
    expect(numbers()).toEqual([3, 2, 1]);
  });

  it('replaces only what changed', async () => {
    await start();
    const [third, second] = model.state.jobs ?? [];
    client.alterJob('job-2', { status: 'succeeded' });
    feed.job('job-2', 'succeeded');
    await pass(300);
    expect(model.state.jobs?.[0]).toBe(third);
    expect(model.state.jobs?.[1]).not.toBe(second);
    expect(model.state.jobs?.[1].status).toBe('succeeded');
  });

  it('puts a job of another process on top', async () => {
    await start();
    client.addJob(aJob({ number: 4 }));
    feed.job('job-4');
    await pass(300);
    expect(numbers()).toEqual([4, 3, 2, 1]);
  });

  it('counts runs whose job keeps its revision', async () => {
    await start();
    const runs = { ...aJob().runs, total: 24, succeeded: 7 };
    client.jobs[1] = { ...client.jobs[1], runs };
    feed.run('run-9', 'job-2', 'succeeded');
    await pass(300);
    expect(model.find('job-2')?.runs.succeeded).toBe(7);
  });

  it('drops a job that was deleted elsewhere', async () => {
    await start();
    model.select('job-2');
    await client.deleteJob('job-2');
    feed.job('job-2', 'deleted');
    await pass(300);
    expect(numbers()).toEqual([3, 1]);
    expect(model.state.selected).toBeNull();
  });

  it('makes few requests of many hints', async () => {
    await start();
    const before = client.asked.length;
    for (let i = 0; i < 100; i++) {
      feed.run(`run-${i}`, 'job-3');
    }
    await pass(1_000);
    expect(client.asked.length - before).toBeLessThanOrEqual(4);
  });

  it('never misses a hint that comes during a request', async () => {
    await start();
    feed.job('job-3');
    await pass(101);
    client.alterJob('job-3', { name: 'late' });
    feed.job('job-3');
    await pass(500);
    expect(model.find('job-3')?.name).toBe('late');
  });

  it('keeps its list while the server is away, and catches up after', async () => {
    await start();
    client.down = UNREACHABLE;
    feed.job('job-3');
    await pass(500);
    expect(numbers()).toEqual([3, 2, 1]);
    expect(live.state.server).toBe('unreachable');
    client.down = null;
    client.alterJob('job-1', { status: 'failed' });
    await pass(15_000);
    expect(model.find('job-1')?.status).toBe('failed');
  });

  it('makes up for a request that failed', async () => {
    await start();
    const runs = { ...aJob().runs, total: 24, succeeded: 7 };
    client.jobs[1] = { ...client.jobs[1], runs };
    client.down = new ApiError('refused', 'busy', { status: 500, code: 'x' });
    feed.run('run-9', 'job-2', 'succeeded');
    await pass(300);
    client.down = null;
    feed.run('run-1', 'job-3');
    await pass(300);
    expect(model.find('job-2')?.runs.succeeded).toBe(7);
  });

  it('loads all jobs page by page, and older ones than enough when asked', async () => {
    client.jobs = Array.from({ length: 6_200 }, (_, i) =>
      aJob({ number: 6_200 - i })
    );
    await start();
    expect(model.state.jobs).toHaveLength(5_000);
    expect(model.state.more).toBe(true);
    await model.loadMore();
    await model.loadMore();
    await model.loadMore();
    expect(model.state.jobs).toHaveLength(6_200);
    expect(model.state.more).toBe(false);
  });

  it('keeps a job made while the server was answering', async () => {
    await start();
    const { listJobs } = client;
    client.listJobs = async query => {
      const page = await listJobs.call(client, query);
      model.add(aJob({ number: 9, revision: page.revision + 1 }));
      model.select('job-9');
      return page;
    };
    model.refresh();
    await pass(300);
    expect(model.state.selected).toBe('job-9');
    expect(model.state.jobs?.[0].id).toBe('job-9');
  });

  it('selects one or several, none of which is gone', async () => {
    await start();
    model.mark(['job-1', 'job-2', 'job-3'], 'job-2');
    await model.delete('job-2');
    expect(model.state.selected).toBeNull();
    expect(model.state.marked).toEqual(['job-1', 'job-3']);
    model.select('job-3');
    expect(model.state.marked).toEqual(['job-3']);
    model.select(null);
    expect(model.state.marked).toEqual([]);
  });

  it('shows a wish to cancel at once', async () => {
    await start();
    await model.cancel('job-3');
    expect(model.find('job-3')?.cancel_requested).toBe(true);
  });

  it('has no quick job, also when one is cancelled from here', async () => {
    await start();
    client.addJob(aJob({ id: 'q', number: 4, quick: true }));
    await model.cancel('q');
    model.add(client.jobs[0]);
    expect(numbers()).toEqual([3, 2, 1]);
  });

  it('shows what was asked of a job at once, and tells the tabs', async () => {
    await start();
    const told: string[] = [];
    live.hint.connect((_, change) => told.push(change.job_id));
    await model.pause('job-2');
    expect(model.find('job-2')?.status).toBe('paused');
    expect(told).toEqual(['job-2']);
    await model.resume('job-2');
    expect(model.find('job-2')?.status).toBe('scheduled');
    await model.runNow('job-2');
    expect(model.find('job-2')?.status).toBe('running');
    await model.start('job-1');
    await model.retryBatch('job-3', 7, 'resume');
    const asked = client.asked.filter(what => !/^(server|jobs?) ?/.test(what));
    expect(asked).toEqual([
      'pause job-2',
      'resume job-2',
      'run now job-2',
      'start job-1',
      'resume batch 7 of job-3'
    ]);
  });

  it('shows nothing of what was refused', async () => {
    await start();
    client.down = new ApiError('refused', 'no', { status: 409, code: 'x' });
    await expect(model.pause('job-2')).rejects.toThrow('no');
    expect(model.find('job-2')?.status).toBe('running');
  });
});
