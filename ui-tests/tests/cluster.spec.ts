/** A Dask cluster: set up, seen, chosen for a job; a run that is executed there. */

import { expect, test } from '@jupyterlab/galata';
import { Page } from '@playwright/test';
import { ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import { Editor } from './editorpage';
import {
  Files,
  JOB_TIMEOUT,
  JobsPanel,
  JobTab,
  picture,
  RunTab,
  violations
} from './pages';
import { PipelineTab } from './pipelinepage';

test.setTimeout(3 * JOB_TIMEOUT);

/** A scheduler and a worker, started by the command line. */
class Cluster {
  constructor(private readonly _folder: string) {}

  address = '';

  async start(): Promise<void> {
    this.address = await this._run(
      /Scheduler at: +(\S+)/,
      'scheduler',
      '--host=127.0.0.1',
      '--port=0'
    );
    await this._run(
      /Registered to: +(\S+)/,
      'worker',
      this.address,
      '--nworkers=1',
      '--nthreads=1',
      `--local-directory=${this._folder}`
    );
  }

  /** The worker first, so that it doesn't look for its scheduler. */
  async stop(): Promise<void> {
    for (const running of this._running.reverse()) {
      if (running.exitCode === null && running.signalCode === null) {
        const gone = new Promise(resolve => running.once('exit', resolve));
        running.kill('SIGTERM');
        const last = setTimeout(() => running.kill('SIGKILL'), 10_000);
        await gone;
        clearTimeout(last);
      }
    }
    this._running = [];
    await rm(this._folder, { recursive: true, force: true });
  }

  /** Start a program of Dask, and wait until it says something; what the pattern captures. */
  private async _run(said: RegExp, ...words: string[]): Promise<string> {
    const running = spawn('dask', [...words, '--no-dashboard'], {
      stdio: ['ignore', 'ignore', 'pipe']
    });
    this._running.push(running);
    for await (const line of createInterface({ input: running.stderr })) {
      const found = said.exec(line);
      if (found !== null) {
        running.stderr.resume(); // Nobody reads the rest.
        return found[1];
      }
    }
    throw new Error(`dask ${words[0]} has ended.`);
  }

  private _running: ChildProcess[] = [];
}

async function forget(page: Page): Promise<void> {
  await page.request.patch('jupyter-orchest-jobs/cluster', {
    data: { address: '' }
  });
}

test('a cluster is set up, and a job is executed there', async ({
  page,
  tmpPath
}, info) => {
  const cluster = new Cluster(info.outputPath('workers'));
  const panel = new JobsPanel(page);
  const files = new Files(page);
  await files.upload('quick', tmpPath);
  await files.choose('quick.orchest', 'Run as job…');
  const editor = new Editor(page);
  const section = editor.section('Where it runs');
  await expect(editor.name).toBeVisible({ timeout: JOB_TIMEOUT });
  await expect(section.getByLabel('The cluster')).toBeDisabled();

  try {
    await cluster.start();
    await section.getByRole('button', { name: 'Set up a cluster…' }).click();
    const dialog = page.getByRole('dialog');
    const status = dialog.getByRole('status').first();
    await expect(status).toHaveText('Cluster: not set up');
    const address = dialog.getByLabel('Address of the scheduler');
    await address.fill('tcp://example.org:8786');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toContainText('Not saved: Whoever reaches');
    await address.fill(cluster.address);
    await page.keyboard.press('Enter');
    await expect(dialog).toContainText('Saved.');
    await expect(status).toHaveText('Cluster: connected', {
      timeout: JOB_TIMEOUT
    });
    await expect(dialog).toContainText('1 worker, 1 of 1 slots free');
    for (const theme of ['light', 'dark']) {
      if (theme === 'dark') {
        await page.theme.setDarkTheme();
      }
      await picture(page, info, `cluster-${theme}`);
      expect(await violations(page, '.jp-OrchestJobs-clusterDialog')).toEqual(
        []
      );
    }
    await page.theme.setLightTheme();
    await dialog.getByRole('button', { name: 'Close' }).click();

    await section.getByLabel('The cluster').check();
    await expect(section).toContainText('Cluster: connected');
    await editor.expectSaved();
    await section.scrollIntoViewIfNeeded();
    await picture(page, info, 'where-it-runs');
    expect(await violations(page, '.jp-OrchestJobs-editor')).toEqual([]);

    await editor.button(/^Run job/).click();
    await panel.open();
    await panel.expectEnd('Quick', 'Succeeded', '1 of 1 run');
    const job = new JobTab(page);
    await expect(job.root).toContainText('the cluster');
    const answer = await page.request.get('jupyter-orchest-jobs/runs');
    const [run] = (await answer.json()).items;
    await page.evaluate(
      id => window.jupyterapp.commands.execute('orchest-jobs:open-run', { id }),
      run.id
    );
    await expect(new RunTab(page).header).toContainText(/on the cluster: \S+/);
    await picture(page, info, 'run');
  } finally {
    await forget(page);
    await cluster.stop();
  }
});

test('steps say what they ask of a worker', async ({ page, tmpPath }, info) => {
  const files = new Files(page);
  await files.upload('quick', tmpPath);
  await files.choose('quick.orchest', 'Open');
  const tab = new PipelineTab(page);
  await tab.steps.first().click();
  const field = tab.field('Resources on a cluster');
  await field.fill('{"GPU": 0}');
  await expect(tab.root).toContainText('“GPU” needs a number above 0');
  await field.fill('{"GPU": 1, "memory": "8GB"}');
  await page.keyboard.press('Enter');
  await picture(page, info, 'resources');
  expect(await violations(page, '.jp-OrchestJobs-pipelineTab')).toEqual([]);
  await page.keyboard.press('Control+s');
  await expect
    .poll(async () => {
      const file = await page.request.get(
        `api/contents/${tmpPath}/quick/quick.orchest`
      );
      const { content } = await file.json();
      return typeof content === 'string' ? content : JSON.stringify(content);
    })
    .toMatch(/"resources": ?\{ ?"GPU": ?1, ?"memory": ?"8GB" ?\}/);
});
