import { Live } from '../live';
import { Watcher } from '../watcher';
import { FakeBrowser } from './browser';
import { aJob, FakeClient, FakeFeed, pass } from './fakes';

describe('Watcher', () => {
  let client: FakeClient;
  let feed: FakeFeed;
  let live: Live;
  let ended: string[];
  let browser: FakeBrowser;

  const watcher = () => {
    const made = new Watcher(client, live, browser.open());
    made.ended.connect((_, job) => ended.push(`${job.id} ${job.status}`));
    return made;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    client = new FakeClient();
    client.jobs = [aJob({ number: 2 }), aJob({ number: 1 })];
    feed = new FakeFeed();
    live = new Live(client, feed);
    ended = [];
    browser = new FakeBrowser();
  });

  afterEach(() => {
    live.dispose();
    jest.useRealTimers();
  });

  const end = (id: string) => {
    client.alterJob(id, { status: 'succeeded' });
    feed.job(id, 'succeeded');
    feed.job(id, 'succeeded');
  };

  it('tells once of the end of a job started here', async () => {
    watcher().watch('job-1');
    await pass(10);
    end('job-1');
    end('job-2');
    await pass(100);
    expect(ended).toEqual(['job-1 succeeded']);
  });

  it('tells of a job that ended before the answer to its start', async () => {
    client.alterJob('job-1', { status: 'failed' });
    watcher().watch('job-1');
    await pass(10);
    expect(ended).toEqual(['job-1 failed']);
  });

  it('does not take an end from before a retry for a new one', async () => {
    const finished_at = '2026-11-22T12:00:00.000Z';
    client.alterJob('job-1', { status: 'failed', finished_at });
    watcher().watch('job-1', finished_at);
    await pass(10);
    expect(ended).toEqual([]);
    client.alterJob('job-1', { status: 'running', finished_at: null });
    feed.job('job-1');
    await pass(10);
    client.alterJob('job-1', {
      status: 'failed',
      finished_at: '2026-11-22T13:00:00.000Z'
    });
    feed.job('job-1', 'failed');
    await pass(10);
    expect(ended).toEqual(['job-1 failed']);
  });

  it('learns of the end without an event', async () => {
    live.start();
    watcher().watch('job-1');
    await pass(10);
    client.alterJob('job-1', { status: 'cancelled' });
    await pass(31_000);
    expect(ended).toEqual(['job-1 cancelled']);
  });

  it('remembers over a reload of the page', async () => {
    watcher().watch('job-1');
    await pass(10);
    expect(browser.open().keys('watched ')).toEqual(['job-1']);
    client.alterJob('job-1', { status: 'succeeded' });
    watcher();
    await pass(10);
    expect(ended).toEqual(['job-1 succeeded']);
    expect(browser.open().keys('watched ')).toEqual([]);
  });

  it('knows what other windows started, and what they retried', async () => {
    const finished_at = '2026-11-22T12:00:00.000Z';
    client.alterJob('job-1', { status: 'failed', finished_at });
    const here = watcher();
    const told: string[] = [];
    here.ended.connect((_, job) => told.push(job.id));
    watcher().watch('job-1', finished_at);
    await pass(10);
    expect(told).toEqual([]);
    client.alterJob('job-1', {
      status: 'failed',
      finished_at: '2026-11-22T13:00:00.000Z'
    });
    feed.job('job-1', 'failed');
    await pass(10);
    expect(told).toEqual(['job-1']);
  });
});
