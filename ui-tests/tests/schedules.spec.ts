/** Jobs that fire again and again, and runs that are executed again. */

import { expect, IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { Editor } from './editorpage';
import {
  answer,
  Files,
  JOB_TIMEOUT,
  JobsPanel,
  JobTab,
  picture,
  RunTab,
  violations
} from './pages';

test.setTimeout(2 * JOB_TIMEOUT);

const NEXT = /next (tomorrow )?\d+:\d+/;

/** Start a job that fires every night. */
async function startNightly(
  page: IJupyterLabPageFixture,
  pipeline: string,
  name: string
): Promise<void> {
  const schedule = { kind: 'cron', cron: '30 2 * * *', zone: 'UTC' };
  const response = await page.request.post('jupyter-orchest-jobs/jobs', {
    data: { pipeline_path: pipeline, name, schedule, start: true }
  });
  expect(response.status()).toBe(201);
}

/** Firings as a server tells of them that was away, and then busy. */
const FIRINGS = [
  {
    at: '2026-11-20T02:30:00.000Z',
    until: '2026-11-20T02:30:00.000Z',
    count: 1,
    outcome: 'skipped',
    reason: 'The batch before had not ended.',
    batch: null
  },
  {
    at: '2026-11-01T02:30:00.000Z',
    until: '2026-11-19T02:30:00.000Z',
    count: 19,
    outcome: 'missed',
    reason: 'Nobody conducted jobs at that time.',
    batch: null
  }
];

test('a nightly job is run now, paused, resumed and copied', async ({
  page,
  tmpPath
}, info) => {
  await page.route(/\/jupyter-orchest-jobs\/jobs\/[^/]+\/firings/, route =>
    route.fulfill({
      json: { items: FIRINGS, next_cursor: null, total: 2, revision: 1 }
    })
  );
  const name = `Nightly ${Date.now()}`;
  const panel = new JobsPanel(page);
  await new Files(page).upload('quick', tmpPath);
  await startNightly(page, `${tmpPath}/quick/quick.orchest`, name);
  await panel.open();
  await expect(panel.job(name)).toContainText('Scheduled');
  await expect(panel.job(name)).toContainText(NEXT);
  await expect(panel.job(name)).toContainText('every day at 02:30 UTC');
  await panel.choose(name, 'Run now');
  await expect(panel.job(name)).toContainText('Running');

  await panel.job(name).click();
  const job = new JobTab(page);
  await expect(job.header).toContainText('1 of 1 run', {
    timeout: JOB_TIMEOUT
  });
  await expect(job.header).toContainText('Scheduled');
  await expect(job.header).toContainText(NEXT);
  await job.button('Pause').click();
  await expect(job.header).toContainText('Paused');
  await expect(job.header).not.toContainText(NEXT);
  await job.button('Run now').click();
  await expect(job.header).toContainText('2 of 2 runs', {
    timeout: JOB_TIMEOUT
  });
  await expect(job.header).toContainText('Paused');
  await expect(job.grid.getByRole('columnheader')).toContainText(['Batch']);
  await job.button('Resume').click();
  await expect(job.header).toContainText('Scheduled');
  await expect(job.header).toContainText(NEXT);

  await job.root.getByRole('button', { name: '1 skipped, 19 missed' }).click();
  await expect(job.root.getByRole('row', { name: 'Missed' })).toContainText(
    'Nobody conducted jobs at that time.'
  );
  await picture(page, info, 'nightly');
  expect(await violations(page, '[id^="jp-orchest-job-"]')).toEqual([]);
  expect(await violations(page, '#jp-orchest-jobs')).toEqual([]);

  await job.button('Duplicate…').click();
  await answer(page, 'With its own snapshot');
  const editor = new Editor(page);
  await expect(editor.name).toHaveValue(`Duplicate of ${name}`);
  await expect(editor.button('Schedule job · 1 run')).not.toHaveAttribute(
    'aria-disabled'
  );
  await picture(page, info, 'draft');
  await editor.button('Discard…').click();
  await answer(page, 'Discard');
  await expect(editor.root).toHaveCount(0);

  await panel.choose(name, 'Cancel job…');
  await answer(page, 'Cancel job');
  await panel.expectEnd(name, 'Cancelled', '2 of 2 runs');
});

test('a run goes on from the step that failed', async ({
  page,
  tmpPath
}, info) => {
  const panel = new JobsPanel(page);
  const files = new Files(page);
  await files.upload('fragile', tmpPath);
  await files.runAsJob('fragile.orchest');
  await panel.expectEnd('Fragile', 'Failed', '1 failed');
  await panel.job('Fragile').click();
  const job = new JobTab(page);

  // A fresh working copy has no flag either.
  await job.button('Retry 1 failed run…').click();
  await answer(page, 'From the beginning');
  await job.runs.first().click();
  const run = new RunTab(page);
  await expect(run.header).toContainText('attempt 2', {
    timeout: JOB_TIMEOUT
  });
  await expect(run.header).toContainText('Failed', { timeout: JOB_TIMEOUT });
  await run.show('Log');
  await expect(run.log).toContainText('no flag yet');

  await run.button('Resume from the failed step').click();
  await expect(run.header).toContainText('Succeeded', {
    timeout: JOB_TIMEOUT
  });
  await expect(run.header).toContainText('attempt 3');
  await expect(run.step('Prepare')).toContainText('from attempt 2');
  await run.step('Deliver').click();
  await expect(run.log).toContainText('delivered');
  const attempts = run.root.getByRole('table').getByRole('row');
  await expect(attempts).toHaveCount(4);
  await expect(attempts.nth(1)).toContainText('Failed');
  await expect(attempts.nth(2)).toContainText('From the beginning');
  await expect(attempts.nth(3)).toContainText('From the failed step');
  await panel.expectEnd('Fragile', 'Succeeded', '1 of 1 run');
  await picture(page, info, 'resumed');
  expect(await violations(page, '[id^="jp-orchest-run-"]')).toEqual([]);

  await panel.job('Fragile').click();
  await job.grid.focus();
  await page.keyboard.press('ContextMenu');
  await expect(
    page.getByRole('menuitem', { name: 'Retry run (all of its steps' })
  ).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('menuitem', { name: 'Pin run', exact: true }).click();
  await expect(job.runs.first().getByTitle('Pinned')).toBeVisible();
  await picture(page, info, 'pinned');
});
