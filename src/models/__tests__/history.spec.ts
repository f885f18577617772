import { ApiError } from '../../api/errors';
import { Firing } from '../../api/types';
import { HistoryModel } from '../history';
import { Live } from '../live';
import {
  aJob,
  FakeClient,
  FakeFeed,
  NIGHTLY,
  pass,
  UNREACHABLE
} from './fakes';

const firing = (day: number): Firing => {
  const at = new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
  return { at, until: at, count: 1, outcome: 'fired', reason: null, batch: 1 };
};

describe('HistoryModel', () => {
  let client: FakeClient;
  let live: Live;
  let model: HistoryModel;

  const nightly = (failed = 0) =>
    aJob({
      schedule: NIGHTLY,
      runs: { ...aJob().runs, total: 2, failed }
    });

  beforeEach(() => {
    jest.useFakeTimers();
    client = new FakeClient();
    client.firings = Array.from({ length: 120 }, (_, i) => firing(120 - i));
    client.batches = [7, 6].map(number => ({
      number,
      cause: 'schedule',
      created_at: '2026-11-22T12:00:00.000Z',
      scheduled_at: null,
      snapshot_id: null,
      warnings: [],
      runs: { ...aJob().runs, total: 2, failed: 1 }
    }));
    live = new Live(client, new FakeFeed());
    model = new HistoryModel(client, live, 'job-1');
  });

  afterEach(() => {
    model.dispose();
    live.dispose();
    jest.useRealTimers();
  });

  it('asks nothing about a job without schedule and failures', async () => {
    model.follow(aJob());
    await pass(5_000);
    expect(client.asked).toEqual([]);
  });

  it('shows the newest firings, and older ones when asked', async () => {
    model.follow(nightly());
    await pass(100);
    expect(model.state.firings).toHaveLength(50);
    expect(model.state.more).toBe(true);
    expect(model.state.lastBatch).toBeNull();
    model.showMore();
    model.showMore();
    await pass(2_000);
    expect(model.state.firings).toHaveLength(120);
    expect(model.state.more).toBe(false);
  });

  it('knows the last batch while something of the job went wrong', async () => {
    model.follow(nightly(1));
    await pass(100);
    expect(model.state.lastBatch?.number).toBe(7);
    model.follow(nightly());
    expect(model.state.lastBatch).toBeNull();
  });

  it('asks at most once a second', async () => {
    for (let i = 0; i < 100; i++) {
      model.follow(nightly(i));
      await pass(20);
    }
    await pass(2_000);
    expect(client.asked.length).toBeLessThanOrEqual(8);
  });

  it('catches up when the server is back', async () => {
    client.down = UNREACHABLE;
    model.follow(nightly());
    await pass(100);
    expect(model.state.firings).toEqual([]);
    client.down = null;
    live.start();
    await pass(2_000);
    expect(model.state.firings).toHaveLength(50);
  });

  it('says what the server says, but nothing of a job that is gone', async () => {
    client.down = new ApiError('refused', 'busy', { status: 500, code: 'x' });
    model.follow(nightly());
    await pass(100);
    expect(model.state.message).toBe('busy');
    client.down = null;
    model.follow(nightly());
    await pass(2_000);
    expect(model.state.message).toBe('');
    client.down = new ApiError('refused', 'gone', { status: 404, code: 'x' });
    model.follow(nightly());
    await pass(2_000);
    expect(model.state.message).toBe('');
  });
});
