import { ActivityModel } from '../activity';
import { Ends } from '../ends';
import { JobsModel } from '../jobs';
import { Live } from '../live';
import { FakeBrowser } from './browser';
import { aJob, FakeClient, FakeFeed, pass } from './fakes';

const END = '2026-11-22T13:00:00.000Z';
const LATER = '2026-11-22T14:00:00.000Z';

describe('what happens to jobs, whoever started them', () => {
  let client: FakeClient;
  let feed: FakeFeed;
  let live: Live;
  let jobs: JobsModel;

  beforeEach(() => {
    jest.useFakeTimers();
    client = new FakeClient();
    client.jobs = [
      aJob({ number: 3, status: 'running' }),
      aJob({ number: 2, status: 'failed', finished_at: END }),
      aJob({ number: 1, status: 'draft', start_requested: false })
    ];
    feed = new FakeFeed();
    live = new Live(client, feed);
    jobs = new JobsModel(client, live);
  });

  afterEach(() => {
    jobs.dispose();
    live.dispose();
    jest.useRealTimers();
  });

  async function start(): Promise<void> {
    live.start();
    await pass(300);
  }

  async function end(
    id: string,
    status: 'failed' | 'succeeded',
    finished_at: string
  ): Promise<void> {
    client.alterJob(id, { status, finished_at });
    feed.job(id, status);
    await pass(300);
  }

  it('is told when a job ends, and when it ends once more', async () => {
    const told: string[] = [];
    new Ends(jobs).ended.connect((_, job) => {
      told.push(`${job.id} ${job.status}`);
    });
    await start();
    expect(told).toEqual([]);
    await end('job-3', 'succeeded', END);
    client.alterJob('job-2', { status: 'running', finished_at: null });
    feed.job('job-2');
    await pass(300);
    await end('job-2', 'failed', LATER);
    // Begun and ended between two looks.
    client.addJob(aJob({ number: 4, status: 'failed', finished_at: LATER }));
    feed.job('job-4', 'failed');
    await pass(300);
    expect(told).toEqual(['job-3 succeeded', 'job-2 failed', 'job-4 failed']);
  });

  it('is counted: what runs, and what failed since somebody looked', async () => {
    const browser = new FakeBrowser();
    const activity = new ActivityModel(jobs, browser.open());
    const other = new ActivityModel(jobs, browser.open());
    const counts = () => [
      activity.state.running.map(job => job.id),
      activity.state.failed
    ];
    await start();
    // Failures from before the first time are no news.
    expect(counts()).toEqual([['job-3'], 0]);
    await end('job-3', 'failed', LATER);
    expect(counts()).toEqual([[], 1]);
    expect(other.state.failed).toBe(1);
    other.look();
    expect(counts()).toEqual([[], 0]);
  });

  it('is counted although nothing can be stored', async () => {
    const browser = new FakeBrowser();
    browser.forbidden = true;
    const activity = new ActivityModel(jobs, browser.open());
    await start();
    await end('job-3', 'failed', LATER);
    expect(activity.state.failed).toBe(1);
    activity.look();
    expect(activity.state.failed).toBe(0);
  });
});
