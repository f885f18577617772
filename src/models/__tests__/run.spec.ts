import { Live } from '../live';
import { RunModel } from '../run';
import { RunActs } from '../runacts';
import { StepLog } from '../steplog';
import { aRun, aStep, FakeClient, FakeFeed, pass } from './fakes';

describe('RunModel', () => {
  let client: FakeClient;
  let feed: FakeFeed;
  let live: Live;
  let model: RunModel;

  const start = async (statuses: ('succeeded' | 'failed' | 'running')[]) => {
    const steps = statuses.map((status, i) =>
      aStep({ step: `s${i}`, status, has_log: true })
    );
    client.runs = [aRun({ steps })];
    model = new RunModel(client, live, 'run-1');
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

  it('looks at the failing step first', async () => {
    await start(['succeeded', 'running', 'failed']);
    expect(model.step?.step).toBe('s2');
  });

  it('goes along with the running step until the user chooses', async () => {
    await start(['running', 'running']);
    expect(model.step?.step).toBe('s0');
    const [first, second] = client.runs[0].steps;
    client.changeRun('run-1', {
      steps: [{ ...first, status: 'succeeded' }, second]
    });
    feed.run('run-1');
    await pass(300);
    expect(model.step?.step).toBe('s1');
    model.selectStep('s0');
    expect(model.step?.step).toBe('s0');
  });

  it('says when the run is gone', async () => {
    await start(['running']);
    client.runs = [];
    feed.run('run-1');
    await pass(300);
    expect(model.state.gone).toBe(true);
  });

  it('never goes back to an older answer', async () => {
    await start(['running']);
    client.changeRun('run-1', { status: 'succeeded' });
    feed.run('run-1');
    await pass(300);
    client.runs = [aRun({ status: 'running', revision: 1 })];
    feed.run('run-1');
    await pass(300);
    expect(model.state.value?.status).toBe('succeeded');
  });

  it('follows the log of the step looked at, only while visible', async () => {
    await start(['running', 'running']);
    client.logs = {
      s0: { text: 'zero\n', finished: false },
      s1: { text: 'one\n', finished: false }
    };
    const log = new StepLog(client, live, model);
    model.refresh();
    await pass(300);
    model.selectStep('s1');
    expect(log.state.log?.step).toBe('s1');
    await pass(2_000);
    expect(client.asked.some(what => what.startsWith('log'))).toBe(false);
    log.setVisible(true);
    await pass(100);
    expect(log.state.log?.state.blocks[0].text).toBe('one\n');
    log.setVisible(false);
    const before = client.asked.length;
    await pass(5_000);
    expect(client.asked.length).toBe(before);
    log.dispose();
  });

  it('keeps the log of a step that the next attempt takes over', async () => {
    await start(['succeeded', 'failed']);
    const log = new StepLog(client, live, model);
    model.selectStep('s0');
    const before = log.state.log;
    const [first, second] = client.runs[0].steps;
    client.changeRun('run-1', {
      attempt: 2,
      steps: [first, { ...second, attempt: 2, status: 'running' }]
    });
    feed.run('run-1');
    await pass(300);
    expect(log.state.log).toBe(before);
    model.selectStep('s1');
    expect(log.state.log?.step).toBe('s1');
    log.dispose();
  });
});

describe('RunActs', () => {
  it('asks, and tells all that looks at the run', async () => {
    const client = new FakeClient();
    client.runs = [aRun()];
    const live = new Live(client, new FakeFeed());
    const acts = new RunActs(client, live);
    const told: string[] = [];
    live.hint.connect((_, { kind, id, job_id }) =>
      told.push(`${kind} ${id} ${job_id}`)
    );
    await acts.repeat('run-1', 'retry');
    await acts.repeat('run-1', 'resume');
    await acts.pin('run-1', true);
    await acts.cancel('run-1');
    expect(told).toEqual(Array(4).fill('run run-1 job-1'));
    expect(client.runs[0]).toMatchObject({
      pinned: true,
      retry_requested: true,
      cancel_requested: true
    });
    await expect(acts.pin('gone', true)).rejects.toThrow('gone');
    expect(told).toHaveLength(4);
    acts.dispose();
    live.dispose();
  });
});
