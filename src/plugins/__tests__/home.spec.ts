import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { ActivityModel } from '../../models/activity';
import { JobsModel } from '../../models/jobs';
import { Live } from '../../models/live';
import { FakeBrowser } from '../../models/__tests__/browser';
import { aJob, FakeClient, FakeFeed } from '../../models/__tests__/fakes';
import { Watcher } from '../../models/watcher';
import { runningJobs } from '../home';
import { notificationsPlugin } from '../notifications';
import { IOrchestJobs } from '../tokens';

const END = '2026-11-22T13:00:00.000Z';
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

describe('at home in JupyterLab', () => {
  let client: FakeClient;
  let feed: FakeFeed;
  let browser: FakeBrowser;
  let lives: Live[];
  let done: unknown[];

  /** Another window on the same server. */
  const open = (): IOrchestJobs => {
    const live = new Live(client, feed);
    const jobs = new JobsModel(client, live);
    const storage = browser.open();
    lives.push(live);
    live.start();
    return {
      client,
      live,
      jobs,
      storage,
      watcher: new Watcher(client, live, storage),
      activity: new ActivityModel(jobs, storage),
      actions: {
        openJob: (id: string) => done.push(['open', id]),
        job: (act: string, id: string) => done.push([act, id])
      },
      trans: nullTranslator.load('')
    } as unknown as IOrchestJobs;
  };

  const notify = (
    service: IOrchestJobs,
    settings: Record<string, unknown> | null
  ) => {
    const registry = {
      load: async () => {
        if (settings === null) {
          throw new Error('no settings');
        }
        return { composite: settings };
      }
    };
    void notificationsPlugin.activate({} as never, service, registry);
  };

  const told = () =>
    Notification.manager.notifications.map(
      ({ type, message }) => `${type}: ${message}`
    );

  const end = async (id: string, status: 'failed' | 'succeeded') => {
    client.alterJob(id, {
      status,
      finished_at: END,
      runs: { ...aJob().runs, total: 24, failed: status === 'failed' ? 2 : 0 }
    });
    feed.job(id, status);
    await pause(1_200);
  };

  beforeEach(() => {
    client = new FakeClient();
    client.jobs = [aJob({ number: 2 }), aJob({ number: 1 })];
    feed = new FakeFeed();
    browser = new FakeBrowser();
    lives = [];
    done = [];
    Notification.dismiss();
  });

  afterEach(() => lives.forEach(live => live.dispose()));

  it('tells once in all windows how a job ended that was started in one', async () => {
    const [one, other] = [open(), open()];
    notify(one, {});
    notify(other, null);
    one.watcher.watch('job-1');
    await pause(150);
    await end('job-1', 'failed');
    await end('job-2', 'failed');
    expect(told()).toEqual([
      'error: Job “Job 1”: failed. 2 of 24 runs failed.'
    ]);
    const [{ options }] = Notification.manager.notifications;
    options.actions?.[0].callback(new MouseEvent('click'));
    expect(done).toEqual([['open', 'job-1']]);
  });

  it.each([
    [
      'all',
      [
        'error: Job “Job 2”: failed. 2 of 24 runs failed.',
        'success: Job “Job 1”: succeeded.'
      ]
    ],
    ['failed', ['error: Job “Job 2”: failed. 2 of 24 runs failed.']],
    ['none', []]
  ])('tells of %s, as the settings say', async (notifications, expected) => {
    const service = open();
    notify(service, { notifications, notifyOfJobsStartedElsewhere: true });
    service.watcher.watch('job-1');
    await pause(150);
    await end('job-1', 'succeeded');
    await end('job-2', 'failed');
    expect(told()).toEqual(expected);
  });

  it('has running jobs among what runs', async () => {
    client.jobs = [
      aJob({ number: 4, status: 'scheduled' }),
      aJob({ number: 3, runs: { ...aJob().runs, total: 24, succeeded: 7 } }),
      aJob({ number: 2, status: 'draft', start_requested: true }),
      aJob({ number: 1, status: 'succeeded' })
    ];
    const service = open();
    const running = runningJobs(service);
    let changes = 0;
    running.runningChanged.connect(() => (changes += 1));
    await pause(50);
    const items = running.running({ mode: 'list' });
    expect(items.map(item => [item.label(), item.detail?.()])).toEqual([
      ['Job 3', '7 of 24 runs'],
      ['Job 2', 'Starting']
    ]);
    expect(changes).toBe(1);
    service.jobs.select('job-4');
    expect(changes).toBe(1);
    items[0].open?.();
    items[0].shutdown?.();
    expect(done).toEqual([
      ['open', 'job-3'],
      ['cancel', 'job-3']
    ]);
    running.shutdownAll();
    await pause(50);
    const cancelled = client.jobs.filter(job => job.cancel_requested);
    expect(cancelled.map(job => job.id)).toEqual(['job-3', 'job-2']);
  });
});
