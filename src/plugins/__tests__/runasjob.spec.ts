import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import {
  acceptDialog,
  dismissDialog,
  waitForDialog
} from '@jupyterlab/testing';
import { CommandRegistry } from '@lumino/commands';

import { ApiError } from '../../api/errors';
import { NewJob } from '../../api/types';
import { JobsModel } from '../../models/jobs';
import { Live } from '../../models/live';
import { ActivityModel } from '../../models/activity';
import { FakeBrowser } from '../../models/__tests__/browser';
import { RunActs } from '../../models/runacts';
import { FakeClient, FakeFeed } from '../../models/__tests__/fakes';
import { Watcher } from '../../models/watcher';
import { runAsJobPlugin } from '../runasjob';
import { CommandIDs, IOrchestJobs } from '../tokens';

/** Refuses as it is told to, until the user has agreed. */
class PickyClient extends FakeClient {
  refusals: ApiError[] = [];
  requests: NewJob[] = [];

  override async createJob(request: NewJob) {
    this.requests.push(request);
    const refusal = this.refusals.shift();
    if (refusal !== undefined) {
      throw refusal;
    }
    return super.createJob(request);
  }
}

const confirmation = (accept: string, message: string) =>
  new ApiError('refused', message, {
    status: 409,
    code: 'confirmation_needed',
    accept
  });

/** Press the button that is not preselected. */
async function agree(): Promise<void> {
  await waitForDialog();
  document.querySelector<HTMLElement>('.jp-Dialog .jp-mod-accept')?.click();
}

describe('Run as job', () => {
  let client: PickyClient;
  let live: Live;
  let jobs: JobsModel;
  let runs: RunActs;
  let shown: number;
  let run: (path: string) => Promise<void>;
  let commands: CommandRegistry;

  beforeEach(() => {
    client = new PickyClient();
    const feed = new FakeFeed();
    live = new Live(client, feed);
    jobs = new JobsModel(client, live);
    runs = new RunActs(client, live);
    const trans = nullTranslator.load('');
    const storage = new FakeBrowser().open();
    const service: IOrchestJobs = {
      client,
      live,
      jobs,
      runs,
      storage,
      activity: new ActivityModel(jobs, storage),
      watcher: new Watcher(client, live, storage),
      actions: {
        openJob: jest.fn(),
        openRun: jest.fn(),
        openNotebook: jest.fn(),
        openNotebookView: jest.fn(),
        openRunFile: jest.fn(),
        openFile: jest.fn(),
        runs: jest.fn(),
        job: jest.fn(),
        run: jest.fn(),
        showCluster: jest.fn(),
        retryFailed: jest.fn(),
        draft: jest.fn(),
        newJob: jest.fn(),
        selectedJobs: jest.fn()
      },
      trans
    };
    commands = new CommandRegistry();
    shown = 0;
    commands.addCommand(CommandIDs.showJobs, {
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        shown += 1;
      }
    });
    const shell = { currentWidget: null, widgets: () => [] };
    void runAsJobPlugin.activate(
      { commands, shell } as never,
      service,
      null,
      null,
      null
    );
    run = path => commands.execute(CommandIDs.runAsJob, { path });
  });

  afterEach(() => {
    jobs.dispose();
    runs.dispose();
    live.dispose();
    Notification.dismiss();
  });

  it('starts a job at once, and shows it in the list', async () => {
    await run('project/train.orchest');
    expect(client.requests).toEqual([
      { pipeline_path: 'project/train.orchest', start: true, accept: [] }
    ]);
    expect(shown).toBe(1);
    expect(jobs.state.jobs?.map(job => job.number)).toEqual([1]);
    expect(jobs.state.selected).toBe('job-1');
  });

  it('takes the path of a shared document without its drive', async () => {
    await run('RTC:project/train.orchest');
    expect(client.requests[0].pipeline_path).toBe('project/train.orchest');
  });

  it('refuses other drives in words, and asks nothing', async () => {
    await run('s3:bucket/train.orchest');
    expect(client.requests).toEqual([]);
    const [notification] = Notification.manager.notifications;
    expect(notification.message).toContain('drive s3');
  });

  it('asks about each consequence in turn, and agrees to all', async () => {
    client.refusals = [
      confirmation('large_snapshot', '40 GB'),
      confirmation('many_runs', '5000 runs')
    ];
    const done = run('train.orchest');
    await waitForDialog();
    expect(document.body.textContent).toContain('40 GB');
    await agree();
    await waitForDialog();
    expect(document.body.textContent).toContain('5000 runs');
    await agree();
    await done;
    expect(client.requests.map(request => request.accept)).toEqual([
      [],
      ['large_snapshot'],
      ['large_snapshot', 'many_runs']
    ]);
    expect(shown).toBe(1);
  });

  it('makes nothing if the user does not agree', async () => {
    client.refusals = [confirmation('large_snapshot', '40 GB')];
    const done = run('train.orchest');
    await waitForDialog();
    await dismissDialog();
    await done;
    expect(client.requests).toHaveLength(1);
    expect(shown).toBe(0);
  });

  it('lists all that is wrong, with places', async () => {
    client.refusals = [
      new ApiError('refused', 'all in one', {
        status: 422,
        code: 'pipeline_invalid',
        problems: [
          {
            message: 'No such file.',
            file: 'a.orchest',
            line: 7,
            column: 5,
            step: 'Fit',
            scope: null,
            parameter: null
          },
          {
            message: 'A cycle.',
            file: null,
            line: null,
            column: null,
            step: null,
            scope: null,
            parameter: null
          }
        ]
      })
    ];
    const done = run('a.orchest');
    await waitForDialog();
    // The dialog is there before React has filled it.
    await new Promise(resolve => setTimeout(resolve, 50));
    const items = [...document.querySelectorAll('.jp-Dialog li')];
    expect(items.map(item => item.textContent)).toEqual([
      'a.orchest:7:5Step “Fit”No such file.',
      'A cycle.'
    ]);
    await acceptDialog();
    await done;
    expect(shown).toBe(0);
  });

  it('says when the server half is missing', async () => {
    client.refusals = [new ApiError('missing', 'Not Found', { status: 404 })];
    const done = run('a.orchest');
    await waitForDialog();
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(document.body.textContent).toContain('is not enabled');
    await acceptDialog();
    await done;
  });

  it('is there only for pipelines', () => {
    expect(commands.isEnabled(CommandIDs.runAsJob, {})).toBe(false);
    expect(commands.isEnabled(CommandIDs.runAsJob, { path: 'a.orchest' })).toBe(
      true
    );
  });
});
