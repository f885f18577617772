import { NO_FILTER } from '../../domain/runfilter';
import { Live } from '../live';
import { RunsModel } from '../runs';
import { aRun, FakeClient, FakeFeed, pass } from './fakes';

describe('RunsModel', () => {
  let client: FakeClient;
  let feed: FakeFeed;
  let live: Live;
  let model: RunsModel;

  const start = async (count: number) => {
    client.runs = Array.from({ length: count }, (_, i) =>
      aRun({ number: i + 1 })
    );
    model = new RunsModel(client, live, 'job-1');
    model.begin({});
    await pass(300);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    client = new FakeClient();
    feed = new FakeFeed();
    live = new Live(client, feed);
  });

  afterEach(() => {
    model.dispose();
    live.dispose();
    jest.useRealTimers();
  });

  it('knows the number of all runs and loads only the first', async () => {
    await start(1_000);
    expect(model.state.total).toBe(1_000);
    expect(model.state.rows).toHaveLength(200);
  });

  it('loads as far as it is looked at', async () => {
    await start(1_000);
    model.ensure(640, 650);
    await pass(500);
    expect(model.state.rows).toHaveLength(700);
  });

  it('changes a row in its place, whatever the order', async () => {
    await start(3);
    model.sortBy('status');
    await pass(300);
    const before = model.state.rows ?? [];
    client.changeRun('run-2', { status: 'failed' });
    feed.run('run-2', 'job-1', 'failed');
    await pass(300);
    expect(model.state.rows?.map(run => run.number)).toEqual([1, 2, 3]);
    expect(model.state.rows?.[1].status).toBe('failed');
    expect(model.state.rows?.[0]).toBe(before[0]);
  });

  it('passes over hints of other jobs', async () => {
    await start(3);
    const before = client.asked.length;
    feed.run('run-77', 'job-2');
    await pass(300);
    expect(client.asked.length).toBe(before);
  });

  it('sorts on the server, and the other way round the second time', async () => {
    await start(3);
    model.sortBy('duration');
    await pass(300);
    expect(model.state.sort).toBe('duration');
    model.sortBy('duration');
    await pass(300);
    expect(model.state.sort).toBe('-duration');
    expect(model.state.rows?.map(run => run.number)).toEqual([3, 2, 1]);
  });

  it('loads the runs when the job has got them', async () => {
    await start(0);
    expect(model.state.rows).toEqual([]);
    client.runs = [aRun({ number: 1 }), aRun({ number: 2 })];
    model.expect(2);
    await pass(300);
    expect(model.state.rows).toHaveLength(2);
  });

  it('does not load again and again for rows that are not loaded', async () => {
    await start(1_000);
    client.changeRun('run-900', { status: 'succeeded' });
    feed.run('run-900');
    await pass(500);
    expect(client.asked.filter(what => !what.includes('since'))).toHaveLength(
      1
    );
  });

  it('collects the names of metrics as they come', async () => {
    await start(2);
    client.changeRun('run-2', { metrics: { rmse: 0.5 } });
    feed.run('run-2');
    await pass(300);
    client.changeRun('run-1', { metrics: { accuracy: 1, rmse: 2 } });
    feed.run('run-1');
    await pass(300);
    expect(model.state.metrics).toEqual(['rmse', 'accuracy']);
  });

  it('drops runs that were deleted to make room', async () => {
    await start(5);
    client.runs = client.runs.slice(2);
    client.deletedRuns = ['run-1', 'run-2'];
    client.revision += 1;
    feed.run('run-2', 'job-1', 'deleted');
    await pass(300);
    expect(model.state.rows?.map(run => run.number)).toEqual([3, 4, 5]);
    expect(model.state.total).toBe(3);
  });

  it('drops them from what is loaded of a long list', async () => {
    await start(1_000);
    client.runs = client.runs.slice(1);
    client.deletedRuns = ['run-1'];
    client.revision += 1;
    feed.run('run-1', 'job-1', 'deleted');
    await pass(300);
    expect(model.state.rows).toHaveLength(199);
    expect(model.state.total).toBe(999);
  });

  it('asks for what the filter lets through', async () => {
    await start(3);
    const rule = { scope: 's1', name: 'alpha', text: '1.0' };
    model.choose({ status: 'failed', batch: 2, text: 'x', where: [rule] });
    expect(model.state.asking).toBe(true);
    await pass(300);
    expect(model.state.asking).toBe(false);
    const asked = client.asked[client.asked.length - 1];
    expect(asked).toContain('"status":"failed","batch":2,"text":"x"');
    expect(asked).toContain('"name":"alpha","value":{"text":"1.0"}');
  });

  it('keeps a row that the filter would leave out by now, and says so', async () => {
    await start(3);
    model.choose({ ...NO_FILTER, status: 'running' });
    await pass(300);
    expect(model.state.stale).toBe(false);
    client.changeRun('run-2', { status: 'succeeded' });
    feed.run('run-2', 'job-1', 'succeeded');
    await pass(300);
    expect(model.state.rows?.map(run => run.number)).toEqual([1, 2, 3]);
    expect(model.state.rows?.[1].status).toBe('succeeded');
    expect(model.state.stale).toBe(true);
    model.reload();
    await pass(300);
    expect(model.state.stale).toBe(false);
  });

  it('does not move rows when there are others, but where they are added', async () => {
    await start(2);
    model.sortBy('status');
    await pass(300);
    client.runs = [...client.runs, aRun({ number: 3 })];
    model.expect(3);
    await pass(300);
    expect(model.state.rows).toHaveLength(2);
    expect(model.state.stale).toBe(true);
    model.sortBy('number');
    await pass(300);
    expect(model.state.rows).toHaveLength(3);
    client.runs = [...client.runs, aRun({ number: 4 })];
    model.expect(4);
    await pass(300);
    expect(model.state.rows).toHaveLength(4);
    expect(model.state.stale).toBe(false);
  });

  it('loads all of them when they are to be selected', async () => {
    await start(1_200);
    const all = model.loadAll();
    await pass(500);
    expect(await all).toHaveLength(1_200);
  });

  it('does not answer with runs of another question', async () => {
    await start(1_200);
    const all = model.loadAll();
    model.sortBy('status');
    await pass(500);
    expect(await all).toBeNull();
  });

  it('shows nothing less while it loads again what is looked at', async () => {
    await start(1_200);
    model.ensure(890, 900);
    await pass(500);
    const lengths: number[] = [];
    model.changed.connect(() => lengths.push(model.state.rows?.length ?? 0));
    model.reload();
    await pass(500);
    expect(Math.min(...lengths)).toBeGreaterThan(900);
  });

  it('of all jobs takes hints of each, newest first', async () => {
    client.runs = [aRun({ number: 1 })];
    model = new RunsModel(client, live, null);
    model.begin({});
    await pass(300);
    expect(client.asked).toContain('runs {"sort":"-number","limit":200}');
    client.changeRun('run-1', { status: 'failed' });
    feed.run('run-1', 'job-77', 'failed');
    await pass(300);
    expect(model.state.rows?.[0].status).toBe('failed');
  });
});
