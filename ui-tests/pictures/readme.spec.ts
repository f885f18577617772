/** What the README shows: the example, as the tutorial runs it. */

import { join } from 'node:path';

import { expect, IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { Files, JOB_TIMEOUT, JobsPanel, JobTab, RunTab } from '../tests/pages';

const ROOT = join(__dirname, '..', '..');

test.setTimeout(5 * JOB_TIMEOUT);

async function show(page: IJupyterLabPageFixture, name: string): Promise<void> {
  // What tells of the job's end would cover a part of it.
  await page.addStyleTag({ content: '.Toastify { display: none; }' });
  await page.screenshot({ path: join(ROOT, 'docs', 'images', `${name}.png`) });
}

test('the grid of the example, and one of its runs', async ({ page }) => {
  const example = 'wine-quality';
  await page.contents.uploadDirectory(
    join(ROOT, 'examples', 'wine-quality'),
    example
  );
  await page.filebrowser.openDirectory(example);
  const files = new Files(page);
  const panel = new JobsPanel(page);
  await files.runAsJob('train.orchest');
  await expect(panel.job('Wine quality')).toContainText('Succeeded', {
    timeout: 3 * JOB_TIMEOUT
  });
  await panel.job('Wine quality').click();
  const job = new JobTab(page);
  const accuracy = job.grid.getByRole('columnheader', {
    name: 'accuracy',
    exact: true
  });
  // The best ones first.
  await accuracy.click();
  await accuracy.click();
  await expect(accuracy).toHaveAttribute('aria-sort', 'descending');
  await show(page, 'job');

  await job.runs.first().click();
  const run = new RunTab(page);
  await run.step('Report').click();
  await run.show('Notebook');
  const notebook = run.sandbox.contentFrame();
  await expect(notebook.locator('img').first()).toBeVisible({
    timeout: JOB_TIMEOUT
  });
  await show(page, 'run');
});
