/** The same notebooks, executed by hand in JupyterLab and then by a job. */

import { expect, IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { Files, JOB_TIMEOUT, JobsPanel, JobTab, RunTab } from './pages';

test.setTimeout(3 * JOB_TIMEOUT);

/** What the second notebook reads: its parameters, the pipeline's, and what the first has output. */
const READ =
  'read [{"fruit": "apple", "rate": 0.5}, ' +
  '{"depth": [1, {"a": null}], "fruit": "banana"}, ' +
  '{"rows": [0, 1, 2], "unnamed": []}]';

/** Execute all cells of a notebook; what its last one prints. */
async function executed(
  page: IJupyterLabPageFixture,
  path: string
): Promise<string> {
  await page.notebook.openByPath(path);
  await page.notebook.activate(path);
  await page.notebook.run();
  const output = await page.notebook.getCellTextOutput(0);
  await page.notebook.save();
  await page.notebook.close(true);
  return output?.join('').trim() ?? '';
}

test('a notebook reads the same values by hand and in a job', async ({
  page,
  tmpPath
}) => {
  const files = new Files(page);
  await files.upload('handover', tmpPath);
  const folder = `${tmpPath}/handover`;
  expect(await executed(page, `${folder}/load.ipynb`)).toBe('');
  expect(await executed(page, `${folder}/use.ipynb`)).toBe(READ);

  // This shows the Jobs sidebar; a click on its tab at the same moment would close it again.
  await files.runAsJob('handover.orchest');
  const panel = new JobsPanel(page);
  await panel.expectEnd('Handover', 'Succeeded', '1 of 1 run');
  await panel.job('Handover').click();
  const job = new JobTab(page);
  await job.runs.first().click();
  const run = new RunTab(page);
  await run.step('Use').click();
  await run.show('Log');
  await expect(run.log).toContainText(READ);
});
