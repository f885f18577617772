/** From a right click to the result: the main use, as users go through it. */

import { expect, test } from '@jupyterlab/galata';

import {
  Files,
  JOB_TIMEOUT,
  JobsPanel,
  JobTab,
  picture,
  runFromShell,
  RunTab,
  showTab
} from './pages';

test.setTimeout(2 * JOB_TIMEOUT);

test('a pipeline runs over its grid, and its notebook is read', async ({
  page,
  tmpPath
}, info) => {
  const panel = new JobsPanel(page);
  const files = new Files(page);
  await files.upload('grid', tmpPath);
  await files.runAsJob('grid.orchest');

  await expect(panel.job('Grid')).toBeVisible();
  await panel.expectEnd('Grid', 'Succeeded', '4 of 4 runs');
  await expect(
    page.getByText('Job “Grid”: succeeded.', { exact: false })
  ).toBeVisible();

  await panel.job('Grid').click();
  const job = new JobTab(page);
  await expect(job.runs).toHaveCount(4);
  await expect(job.header).toContainText('4 of 4 runs');
  await expect(job.grid.getByRole('columnheader')).toHaveText([
    '', // Selects all.
    /Run/,
    'Status',
    'seed',
    'method',
    'Duration',
    'Started'
  ]);
  await picture(page, info, 'job-light');

  await job.runs.filter({ hasText: 'mean' }).first().click();
  const run = new RunTab(page);
  await expect(run.root.getByText('read-only')).toBeVisible();
  await expect(run.step('Add them up')).toContainText('after: Make numbers');
  await run.step('Add them up').click();
  await run.show('Log');
  await expect(run.log).toContainText('The mean for seed 1 is');
  await picture(page, info, 'run-light');

  const notebook = await run.openNotebook();
  // Scripts may run, but without the origin of the server.
  await expect(notebook.frame).toHaveAttribute('sandbox', 'allow-scripts');
  await expect(
    notebook.contents.getByText('The mean for seed 1 is')
  ).toBeVisible({ timeout: JOB_TIMEOUT });
  await picture(page, info, 'notebook-light');

  await page.theme.setDarkTheme();
  await expect(notebook.frame).toHaveAttribute('src', /theme=dark/);
  await expect(
    notebook.contents.getByText('The mean for seed 1 is')
  ).toBeVisible({ timeout: JOB_TIMEOUT });
  await picture(page, info, 'notebook-dark');
  await showTab(page, 'Grid');
  await expect(job.runs).toHaveCount(4);
  await picture(page, info, 'job-dark');
  await showTab(page, 'Grid · run 2');
  await run.show('Log');
  await expect(run.log).toContainText('The mean for seed 1 is');
  await picture(page, info, 'run-dark');
});

test('a failing cell is found in three clicks', async ({
  page,
  tmpPath
}, info) => {
  const panel = new JobsPanel(page);
  const files = new Files(page);
  await files.upload('failing', tmpPath);
  await files.runAsJob('failing.orchest');
  await panel.expectEnd('Failing', 'Failed', '1 failed');

  await panel.job('Failing').click();
  const job = new JobTab(page);
  await job.root.getByRole('button', { name: 'First failed run' }).click();
  const run = new RunTab(page);
  await expect(run.step('Divide')).toHaveAttribute('aria-pressed', 'true');
  await expect(run.step('Divide')).toContainText('failed in cell 3 of 4');
  await expect(run.step('Report')).toContainText('Skipped');
  await run.show('Log');
  await expect(run.log).toContainText('about to divide');
  await expect(run.log).toContainText('ZeroDivisionError');
  await expect(run.log).toContainText('1 result = 1 / divisor');
  await expect(run.log).not.toContainText('\u001b');
  await picture(page, info, 'failed-run');

  const notebook = await run.openNotebook();
  await expect(
    notebook.contents.getByText('ZeroDivisionError').first()
  ).toBeVisible({ timeout: JOB_TIMEOUT });
  await picture(page, info, 'failed-notebook');
});

test('a job of another process shows up live', async ({ page }) => {
  const panel = new JobsPanel(page);
  await panel.open();
  await expect(panel.root.locator('.jp-OrchestJobs-skeleton')).toHaveCount(0);
  const name = `From the shell ${Date.now()}`;
  await runFromShell(page, 'grid', name);
  // Long before the slow poll would have found it.
  await expect(panel.job(name)).toBeVisible({ timeout: 5_000 });
  await panel.expectEnd(name, 'Succeeded', '4 of 4 runs');
});

test('what is wrong with a pipeline is said, and nothing is made', async ({
  page,
  tmpPath
}, info) => {
  const files = new Files(page);
  await files.upload('broken', tmpPath);
  await files.runAsJob('broken.orchest');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('“broken.orchest” can’t run as a job');
  await expect(dialog.getByRole('listitem').first()).toContainText(
    /broken\.orchest:\d+/
  );
  await expect(dialog).toContainText('First');
  await picture(page, info, 'problems');
  await dialog.getByRole('button', { name: 'Close' }).click();

  const panel = new JobsPanel(page);
  await panel.open();
  await expect(
    panel.jobs.filter({ hasText: 'broken.orchest' })
  ).toHaveCount(0);
});

test('unsaved changes are saved before they are run', async ({
  page,
  tmpPath
}) => {
  const panel = new JobsPanel(page);
  const files = new Files(page);
  await files.upload('failing', tmpPath);
  await page.filebrowser.open(`${tmpPath}/failing/divide.ipynb`);
  await page.notebook.setCell(0, 'code', 'divisor = 1');
  await expect(page.locator('.jp-CodeCell .cm-content').first()).toHaveText(
    'divisor = 1'
  );
  await files.runAsJob('failing.orchest');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('divide.ipynb');
  await dialog.getByRole('button', { name: 'Save all and run' }).click();
  await panel.expectEnd('Failing', 'Succeeded', '1 of 1 run');
});
