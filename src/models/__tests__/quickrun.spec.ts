import { Live } from '../live';
import { QuickRun } from '../quickrun';
import { SharedStorage } from '../storage';
import { FakeBrowser } from './browser';
import { aJob, aRun, aStep, FakeClient, FakeFeed, pass } from './fakes';

describe('QuickRun', () => {
  let client: FakeClient;
  let live: Live;
  let storage: SharedStorage;
  let quick: QuickRun;
  const job = aJob({
    id: 'q',
    status: 'running',
    quick: true,
    project: '/home/me/wine',
    pipeline_path: 'main.orchest'
  });
  const hint = () =>
    live.tell({
      kind: 'run',
      id: 'r',
      job_id: 'q',
      status: 'running',
      revision: 2
    });

  beforeEach(async () => {
    jest.useFakeTimers();
    client = new FakeClient();
    live = new Live(client, new FakeFeed());
    storage = new FakeBrowser().open();
    quick = new QuickRun(client, live, storage);
    client.addJob(job);
  });

  afterEach(() => {
    quick.dispose();
    live.dispose();
    jest.useRealTimers();
  });

  it('tells how its steps go, until it is cleared', async () => {
    quick.show(job);
    await pass(200);
    expect(quick.state.run).toBeNull();
    expect(quick.isActive).toBe(true);
    const run = aRun({
      id: 'r',
      job_id: 'q',
      steps: [aStep({ step: 'a', status: 'running' })]
    });
    client.runs = [run];
    hint();
    await pass(200);
    expect(quick.step('a')?.status).toBe('running');
    expect(quick.step('b')).toBeUndefined();
    client.changeRun('r', {
      steps: [aStep({ step: 'a', status: 'failed' })]
    });
    client.alterJob('q', { status: 'failed' });
    hint();
    await pass(200);
    expect(quick.step('a')?.status).toBe('failed');
    expect(quick.isActive).toBe(false);
    quick.clear();
    expect(quick.step('a')).toBeUndefined();
    const asked = client.asked.length;
    hint();
    await pass(200);
    expect(client.asked).toHaveLength(asked);
  });

  it('is the last one of its pipeline when that is opened again', async () => {
    await quick.resume('other/main.orchest');
    expect(quick.state.job).toBeNull();
    client.alterJob('q', { status: 'succeeded' });
    client.addJob({ ...job, id: 'r', pipeline_path: 'other.orchest' });
    await quick.resume('wine/main.orchest');
    expect(quick.state.job?.id).toBe('q');
    expect(quick.isActive).toBe(false);
  });

  it('stays cleared until there is another one', async () => {
    const again = () => {
      quick.dispose();
      quick = new QuickRun(client, live, storage);
      return quick.resume('wine/main.orchest');
    };
    client.alterJob('q', { status: 'failed' });
    await again();
    quick.clear();
    await again();
    expect(quick.state.job).toBeNull();
    client.addJob({ ...job, id: 'newer', status: 'succeeded' });
    await again();
    expect(quick.state.job?.id).toBe('newer');
  });

  it('forgets a job that is gone', async () => {
    quick.show(job);
    await pass(200);
    client.jobs = [];
    hint();
    await pass(500);
    expect(quick.state.job).toBeNull();
  });
});
