/** A draft from its snapshot to its end, alone and with others. */

import { expect, test } from '@jupyterlab/galata';

import { Editor } from './editorpage';
import {
  answer,
  Files,
  JOB_TIMEOUT,
  JobsPanel,
  JobTab,
  picture,
  violations
} from './pages';

test.setTimeout(2 * JOB_TIMEOUT);

test('a change while the server is away is saved when it is back, and discarded', async ({
  page,
  tmpPath
}) => {
  const files = new Files(page);
  const editor = new Editor(page);
  const panel = new JobsPanel(page);
  await files.upload('quick', tmpPath);
  await files.choose('quick.orchest', 'Run as job…');
  await expect(editor.name).toHaveValue('Quick');
  const api = /(?<!extensions)\/jupyter-orchest-jobs\//;
  await page.route(api, route => route.abort());
  await editor.name.fill('Written in a tunnel');
  await expect(editor.saving).toContainText('as soon as the server is back');
  await page.unroute(api);
  await expect(editor.saving).toContainText('Autosaved', { timeout: 20_000 });
  await page.reload({ waitForIsReady: false });
  await expect(editor.name).toHaveValue('Written in a tunnel');

  await editor.button('Discard…').last().click();
  await answer(page, 'Discard');
  await expect(editor.root).toHaveCount(0);
  await panel.open();
  await expect(panel.root.locator('.jp-OrchestJobs-skeleton')).toHaveCount(0);
  await expect(panel.job('Written in a tunnel')).toHaveCount(0);
});

test('the project moves on; a new snapshot is taken', async ({
  page,
  tmpPath
}, info) => {
  const files = new Files(page);
  const editor = new Editor(page);
  await files.upload('quick', tmpPath);
  await files.choose('quick.orchest', 'Run as job…');
  await expect(editor.root).toContainText('2 files');
  await page.contents.uploadContent('1', 'text', `${tmpPath}/quick/new.txt`);
  const badge = editor.root.getByText('Project has changed since the snapshot');
  await expect(async () => {
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await expect(badge).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await badge.click();
  await expect(editor.root).toContainText('new.txt');
  await editor.root.getByText('What was left out, and why').click();
  await expect(editor.root).toContainText('holds all files');
  expect(await violations(page, '.jp-OrchestJobs-editor')).toEqual([]);
  await picture(page, info, 'changed');
  await editor.button('Take a new snapshot').click();
  await expect(editor.root).toContainText('3 files');
  await expect(badge).toHaveCount(0);
});

test('the next batches of an active job are edited, then saved', async ({
  page,
  tmpPath
}, info) => {
  const files = new Files(page);
  const editor = new Editor(page);
  const panel = new JobsPanel(page);
  await files.upload('grid', tmpPath);
  const created = await page.request.post('jupyter-orchest-jobs/jobs', {
    data: {
      pipeline_path: `${tmpPath}/grid/grid.orchest`,
      name: 'Every new year',
      schedule: { kind: 'cron', cron: '0 0 1 1 *', zone: 'UTC' },
      start: true
    }
  });
  expect(created.status()).toBe(201);
  await panel.open();
  await expect(panel.job('Every new year')).toContainText('Scheduled');
  await panel.choose('Every new year', 'Edit job…');
  await expect(editor.root).toContainText('This job is active');
  await expect(editor.button(/^Save$/)).toHaveAttribute('aria-disabled', 'true');
  await editor.addValue('Pipeline: Grid', 'seed', '3');
  await editor.name.fill('Every year');
  await expect(editor.saving).toHaveText('Changes that are not saved');
  await page.theme.setDarkTheme();
  await picture(page, info, 'active-dark');
  expect(await violations(page, '.jp-OrchestJobs-editor')).toEqual([]);
  await editor.button('Revert').click();
  await expect(editor.name).toHaveValue('Every new year');
  await editor.expectValues('Pipeline: Grid', 'seed', ['1', '2']);

  await editor.addValue('Pipeline: Grid', 'seed', '4');
  await editor.button(/^Save$/).click();
  const job = new JobTab(page);
  await expect(job.header).toContainText('Every new year');
  await job.root.getByRole('tab', { name: 'Parameters' }).click();
  await expect(job.root).toContainText('seed124');
});

test('two windows on one draft stay in step', async ({
  page,
  browser,
  tmpPath,
  baseURL
}) => {
  const files = new Files(page);
  const editor = new Editor(page);
  await files.upload('grid', tmpPath);
  await files.choose('grid.orchest', 'Run as job…');
  await expect(editor.name).toHaveValue('Grid');
  const id = await editor.root.evaluate(
    node => node.closest('[id^="jp-orchest-job-"]')?.id ?? ''
  );
  const other = await browser.newPage();
  await other.goto(`${baseURL}/lab`);
  await expect(
    other.locator('.lm-TabBar-tab[data-id="jp-orchest-jobs"]')
  ).toBeVisible();
  await other.evaluate(async job => {
    // Whatever is opened before may lose its place to the layout that is restored.
    await window.jupyterapp.restored;
    await window.jupyterapp.commands.execute('orchest-jobs:open-job', { id: job });
  }, id.replace('jp-orchest-job-', ''));
  const there = other.locator(`#${id}`);
  const seeds = there
    .getByRole('group', { name: 'Parameter seed' })
    .locator('[data-index]');
  // A second Lab on the same machine takes its time.
  await expect(seeds).toHaveText(['1', '2'], { timeout: 20_000 });

  await editor.addValue('Pipeline: Grid', 'seed', '3');
  await expect(seeds).toHaveText(['1', '2', '3']);
  await there.getByLabel('Job name').fill('From the other side');
  await expect(editor.name).toHaveValue('From the other side');
  await other.close();
});
