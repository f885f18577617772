import { nullTranslator } from '@jupyterlab/translation';
import { dismissDialog, waitForDialog } from '@jupyterlab/testing';
import { CommandRegistry } from '@lumino/commands';

import { ApiError } from '../../api/errors';
import { JobsModel } from '../../models/jobs';
import { Live } from '../../models/live';
import {
  aJob,
  aRun,
  FakeClient,
  FakeFeed,
  NIGHTLY
} from '../../models/__tests__/fakes';
import { FakeBrowser } from '../../models/__tests__/browser';
import { RunActs } from '../../models/runacts';
import { Watcher } from '../../models/watcher';
import { jobActsPlugin } from '../jobacts';
import { runActsPlugin } from '../runacts';
import { CommandIDs, IOrchestJobs } from '../tokens';

/** Press a button of the dialog. */
async function press(label: string): Promise<void> {
  await waitForDialog();
  // The dialog is there before React has filled it.
  await new Promise(resolve => setTimeout(resolve, 50));
  const buttons = [
    ...document.querySelectorAll<HTMLElement>('.jp-Dialog button')
  ];
  buttons.find(button => button.textContent === label)?.click();
}

describe('acts', () => {
  let client: FakeClient;
  let live: Live;
  let jobs: JobsModel;
  let runs: RunActs;
  let commands: CommandRegistry;
  let opened: unknown[];

  const acts = () =>
    client.asked.filter(what => !/^(server|jobs? |runs |run run-)/.test(what));

  beforeEach(() => {
    client = new FakeClient();
    live = new Live(client, new FakeFeed());
    jobs = new JobsModel(client, live);
    runs = new RunActs(client, live);
    commands = new CommandRegistry();
    opened = [];
    const storage = new FakeBrowser().open();
    const service = {
      client,
      live,
      jobs,
      runs,
      watcher: new Watcher(client, live, storage),
      actions: {},
      trans: nullTranslator.load('')
    } as unknown as IOrchestJobs;
    commands.addCommand(CommandIDs.openJob, {
      describedBy: { args: { type: 'object', properties: {} } },
      execute: args => {
        opened.push(args.id);
      }
    });
    void jobActsPlugin.activate({ commands } as never, service, null);
    void runActsPlugin.activate({ commands } as never, service);
    const nightly = { schedule: NIGHTLY, status: 'scheduled' } as const;
    client.jobs = [
      aJob({ number: 3, status: 'draft', start_requested: false }),
      aJob({ number: 2, ...nightly }),
      aJob({ number: 1, status: 'failed', size_bytes: 340_000_000 })
    ];
    client.jobs.forEach(job => jobs.add(job));
    client.runs = [aRun({ status: 'failed' })];
  });

  afterEach(() => {
    jobs.dispose();
    runs.dispose();
    live.dispose();
  });

  it('concern the selected job, or none', () => {
    expect(commands.isEnabled(CommandIDs.runNow)).toBe(false);
    expect(commands.label(CommandIDs.runNow)).toBe(
      'Run now (select a job in the list)'
    );
    jobs.select('job-2');
    expect(commands.isEnabled(CommandIDs.runNow)).toBe(true);
    expect(commands.label(CommandIDs.runNow)).toBe('Run now');
    expect(commands.isVisible(CommandIDs.startJob)).toBe(false);
    expect(commands.label(CommandIDs.deleteJob)).toBe(
      'Delete job… (cancel it first)'
    );
  });

  it('start, pause, resume and run', async () => {
    await commands.execute(CommandIDs.startJob, { id: 'job-3' });
    await commands.execute(CommandIDs.pauseJob, { id: 'job-2' });
    await commands.execute(CommandIDs.resumeJob, { id: 'job-2' });
    await commands.execute(CommandIDs.runNow, { id: 'job-2' });
    expect(acts()).toEqual([
      'start job-3',
      'pause job-2',
      'resume job-2',
      'run now job-2'
    ]);
  });

  it('reach a job that is not in the list, and say when there is none', async () => {
    client.jobs.push(aJob({ number: 9, schedule: NIGHTLY }));
    await commands.execute(CommandIDs.pauseJob, { id: 'job-9' });
    expect(acts()).toEqual(['pause job-9']);
    const done = commands.execute(CommandIDs.pauseJob, { id: 'job-77' });
    await press('Close');
    await done;
    expect(acts()).toEqual(['pause job-9']);
  });

  it('duplicate with either project, and open the draft', async () => {
    for (const [label, snapshot] of [
      ['With its own snapshot', 'own'],
      ['With the current project', 'current']
    ]) {
      const done = commands.execute(CommandIDs.duplicateJob, { id: 'job-1' });
      await press(label);
      await done;
      expect(acts().pop()).toBe(`duplicate job-1 ${snapshot} []`);
    }
    expect(opened).toEqual(['job-4', 'job-5']);
    expect(jobs.state.selected).toBe('job-5');
  });

  it('duplicate nothing if the user does not want to', async () => {
    const done = commands.execute(CommandIDs.duplicateJob, { id: 'job-1' });
    await waitForDialog();
    await dismissDialog();
    await done;
    expect(acts()).toEqual([]);
  });

  it('offer no snapshot that is not there', async () => {
    client.alterJob('job-3', {
      snapshot: { ...aJob().snapshot, status: 'copying' }
    });
    jobs.add(client.jobs[0]);
    const done = commands.execute(CommandIDs.duplicateJob, { id: 'job-3' });
    await press('With its own snapshot');
    expect(document.body.textContent).toContain('no snapshot of its own yet');
    await dismissDialog();
    await done;
    expect(acts()).toEqual([]);
  });

  it('name what is deleted', async () => {
    client.alterJob('job-1', { runs: { ...aJob().runs, total: 12 } });
    jobs.add(client.jobs[2]);
    const done = commands.execute(CommandIDs.deleteJob, { id: 'job-1' });
    await waitForDialog();
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(document.body.textContent).toContain('Its 12 runs');
    expect(document.body.textContent).toContain('(340 MB)');
    await press('Delete');
    await done;
    expect(acts()).toEqual(['delete job-1']);
  });

  it('concern several jobs with one question, which names what goes', async () => {
    client.alterJob('job-1', { runs: { ...aJob().runs, total: 12 } });
    jobs.add(client.jobs[2]);
    jobs.mark(['job-1', 'job-2', 'job-3'], 'job-1');
    expect(commands.label(CommandIDs.deleteJob)).toBe('Delete 3 jobs…');
    expect(commands.isVisible(CommandIDs.runNow)).toBe(false);
    const done = commands.execute(CommandIDs.deleteJob);
    await waitForDialog();
    await new Promise(resolve => setTimeout(resolve, 50));
    const text = document.body.textContent ?? '';
    expect(text).toContain('Delete 2 jobs?');
    expect(text).toContain('“Job 1”, “Job 3”.');
    expect(text).toContain('12 runs are deleted');
    expect(text).toContain('(340 MB)');
    expect(text).toContain('1 has not ended and stays');
    await press('Delete');
    await done;
    expect(acts()).toEqual(['delete job-1', 'delete job-3']);
    expect(jobs.state.marked).toEqual(['job-2']);
  });

  it('say of several jobs which ones were refused', async () => {
    jobs.mark(['job-2', 'job-3'], 'job-2');
    client.cancelJob = id =>
      id === 'job-2'
        ? Promise.reject(new ApiError('refused', 'Too late.', { status: 409 }))
        : FakeClient.prototype.cancelJob.call(client, id);
    const done = commands.execute(CommandIDs.cancelJob);
    await press('Cancel jobs');
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(document.body.textContent).toContain('“Job 2”: Too late.');
    await press('Close');
    await done;
    expect(jobs.find('job-3')?.cancel_requested).toBe(true);
  });

  it('are not for several jobs if they have all ended', async () => {
    client.alterJob('job-2', { status: 'succeeded' });
    jobs.add(client.jobs[1]);
    jobs.mark(['job-1', 'job-2'], 'job-1');
    expect(commands.label(CommandIDs.cancelJob)).toBe(
      'Cancel 2 jobs… (they have ended)'
    );
    expect(commands.isEnabled(CommandIDs.cancelJob)).toBe(false);
    expect(commands.isEnabled(CommandIDs.cancelJob, { id: 'job-3' })).toBe(
      true
    );
  });

  it('retry what failed in a batch, from the beginning or not', async () => {
    for (const label of ['From the beginning', 'From the failed step']) {
      const done = commands.execute(CommandIDs.retryFailed, {
        id: 'job-1',
        batch: '4'
      });
      await press(label);
      await done;
    }
    expect(acts()).toEqual([
      'retry batch 4 of job-1',
      'resume batch 4 of job-1'
    ]);
  });

  it('concern the run that is pointed at', async () => {
    expect(commands.isEnabled(CommandIDs.retryRun)).toBe(false);
    runs.point(aRun({ status: 'failed', has_files: false }));
    expect(commands.isEnabled(CommandIDs.retryRun)).toBe(true);
    expect(commands.label(CommandIDs.resumeRun)).toBe(
      'Resume from the failed step (its files are gone; retry it instead)'
    );
    expect(commands.isVisible(CommandIDs.pinRun)).toBe(true);
    expect(commands.isVisible(CommandIDs.unpinRun)).toBe(false);
    await commands.execute(CommandIDs.retryRun);
    await commands.execute(CommandIDs.pinRun);
    expect(acts()).toEqual(['retry run-1', 'pin run-1 true']);
  });

  it('reach the run of a tab, whatever is pointed at', async () => {
    runs.point(aRun({ number: 8, status: 'running', pinned: true }));
    await commands.execute(CommandIDs.resumeRun, { id: 'run-1' });
    await commands.execute(CommandIDs.unpinRun, { id: 'run-1' });
    expect(acts()).toEqual(['resume run-1', 'pin run-1 false']);
  });

  it('say what the server says against it', async () => {
    client.down = new ApiError('refused', 'Too late.', { status: 409 });
    const done = commands.execute(CommandIDs.retryRun, { id: 'run-1' });
    await press('Close');
    await done;
    expect(client.runs[0].retry_requested).toBe(false);
  });
});
