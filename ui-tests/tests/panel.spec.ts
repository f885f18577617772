/** The panel by itself: for everybody, and when the server is not there. */

import { expect, test } from '@jupyterlab/galata';

import {
  Files,
  JOB_TIMEOUT,
  JobsPanel,
  JobTab,
  picture,
  RunTab,
  showTab,
  violations
} from './pages';

test.setTimeout(2 * JOB_TIMEOUT);

/** The API; not our scripts, which are below lab/extensions. */
const API = /(?<!extensions)\/jupyter-orchest-jobs\//;

test('the views are for everybody: axe and the keyboard', async ({
  page,
  tmpPath
}) => {
  const panel = new JobsPanel(page);
  const files = new Files(page);
  await files.upload('failing', tmpPath);
  await files.runAsJob('failing.orchest');
  await panel.expectEnd('Failing', 'Failed', '1 failed');

  // By keyboard alone: from the list to the job, to the run, to another step.
  await panel.tree.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('End');
  await expect(panel.job('Failing')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  const job = new JobTab(page);
  await expect(job.runs).toHaveCount(1);
  await job.grid.focus();
  await page.keyboard.press('Enter');
  const run = new RunTab(page);
  await run.step('Divide').focus();
  await page.keyboard.press('ArrowRight');
  await expect(run.step('Report')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(run.step('Report')).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await run.show('Log');
  await expect(run.log).toContainText('ZeroDivisionError');

  for (const dark of [false, true]) {
    if (dark) {
      await page.theme.setDarkTheme();
    }
    expect(await violations(page, '#jp-orchest-jobs')).toEqual([]);
    expect(await violations(page, '[id^="jp-orchest-run-"]')).toEqual([]);
    await showTab(page, 'Failing');
    await expect(job.runs).toHaveCount(1);
    expect(await violations(page, '[id^="jp-orchest-job-"]')).toEqual([]);
    await showTab(page, 'Failing · run 1');
  }
});

test('a server that goes away and comes back', async ({ page }, info) => {
  const panel = new JobsPanel(page);
  await panel.open();
  await expect(panel.root.locator('.jp-OrchestJobs-skeleton')).toHaveCount(0);
  await page.route(API, route => route.abort());
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(panel.root).toContainText('The Jupyter server doesn’t answer');
  await picture(page, info, 'unreachable');
  await page.unroute(API);
  // By itself, without Retry.
  await expect(panel.root).not.toContainText('doesn’t answer', {
    timeout: 20_000
  });
});

test.describe('with answers that are not the server’s', () => {
  // Lab is loaded when they are there.
  test.use({ autoGoto: false });

  test('a server without the server half', async ({ page }, info) => {
    const panel = new JobsPanel(page);
    await page.route(API, route =>
      route.fulfill({ status: 404, json: { message: 'Not Found' } })
    );
    await page.goto();
    await panel.open();
    await expect(panel.root).toContainText('is not enabled');
    await picture(page, info, 'missing');
    await page.unroute(API);
    await panel.root.getByRole('button', { name: 'Retry' }).click();
    await expect(panel.root).not.toContainText('is not enabled');
  });

  test('an empty list teaches', async ({ page }, info) => {
    const empty = { items: [], next_cursor: null, total: 0, revision: 0 };
    await page.route(/\/jupyter-orchest-jobs\/jobs(\?|$)/, route =>
      route.fulfill({ json: { ...empty, deleted: [] } })
    );
    await page.goto();
    const panel = new JobsPanel(page);
    await panel.open();
    await expect(panel.root).toContainText('No jobs yet');
    await expect(panel.root).toContainText('Run as job');
    expect(await violations(page, '#jp-orchest-jobs')).toEqual([]);
    await picture(page, info, 'empty');
  });
});
