/** Ten thousand runs: scrolled, sorted, filtered, selected, acted on, and looked at as a matrix. */

import { expect, test } from '@jupyterlab/galata';

import { answer, JobsPanel, JOB_TIMEOUT, picture, violations } from './pages';
import { quantile, RunsTable, seedJob } from './runspage';

test.setTimeout(4 * JOB_TIMEOUT);

/** What can be clicked can be clicked soon. */
const ACT_TIMEOUT = 20_000;
const TAB = '[id^="jp-orchest-job-"]';

test('ten thousand runs', async ({ page, tmpPath }, info) => {
  page.setDefaultTimeout(ACT_TIMEOUT);
  const name = await seedJob(page, tmpPath);
  const panel = new JobsPanel(page);
  await panel.open();
  await panel.job(name).click();
  const runs = new RunsTable(page);
  await expect(runs.count).toHaveText('10000 runs');
  await expect(runs.grid).toHaveAttribute('aria-rowcount', '10001');
  expect(await runs.rows.count()).toBeLessThan(60);
  // Exact: 1.0 is not 1.
  await expect(
    runs.row(1).locator('[data-kind="parameter"]').nth(1)
  ).toHaveText('0.1');
  await expect(
    runs.row(5).locator('[data-kind="parameter"]').nth(1)
  ).toHaveText('1.0');
  await picture(page, info, 'runs-light');

  // Scrolled: what is drawn follows, and costs little.
  await runs.scrollFrames(20, 60);
  const works = await runs.scrollFrames(100, 60);
  const [median, p95] = [quantile(works, 0.5), quantile(works, 0.95)];
  // eslint-disable-next-line no-console
  console.log(
    `own work per scrolled frame: median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`
  );
  info.annotations.push({ type: 'frame-ms', description: `${median} ${p95}` });
  expect(median).toBeLessThan(30);
  await runs.grid.focus();
  await page.keyboard.press('End');
  await expect(runs.row(10_000)).toContainText('Succeeded', {
    timeout: 30_000
  });
  await page.keyboard.press('Home');
  await expect(runs.row(1)).toHaveAttribute('data-active', 'true');

  // Sorted by the server: by a parameter, and by a metric the other way round.
  await runs.sortBy('alpha');
  await expect(runs.head('alpha')).toHaveAttribute('aria-sort', 'ascending');
  await expect(runs.head('Run')).toHaveAttribute('aria-sort', 'none');
  await runs.sortBy('rmse');
  await runs.sortBy('rmse');
  await expect(runs.head('rmse')).toHaveAttribute('aria-sort', 'descending');
  await expect(runs.grid).toHaveAttribute('aria-busy', 'false');
  const errors = (await runs.texts('metric')).map(Number);
  expect(errors).toEqual([...errors].sort((a, b) => b - a));
  expect(errors[0]).toBeGreaterThan(1.9);

  // Filtered: by value, by state, by text; one thing that makes no sense.
  await runs.filter.fill('beta = 3');
  await runs.filter.press('Enter');
  await expect(runs.root.getByRole('alert')).toHaveText(
    'There is no parameter “beta”.'
  );
  await runs.filter.fill('model = lasso');
  await runs.filter.press('Enter');
  await expect(runs.chip('model = lasso')).toBeVisible();
  await expect(runs.count).toHaveText('2500 runs found');
  await runs.filter.fill('alpha = 1.0');
  await runs.filter.press('Enter');
  await expect(runs.count).toHaveText('625 runs found');
  await runs.root.getByLabel('State of the runs').selectOption('Succeeded');
  await expect(runs.count).toHaveText('625 runs found');
  await runs.root.getByLabel('State of the runs').selectOption('Failed');
  await expect(runs.root).toContainText('No run is like that.');
  await runs.button('Clear filter').click();
  await expect(runs.count).toHaveText('10000 runs');
  await runs.filter.fill('alpha is too large');
  await expect(runs.count).toHaveText('500 runs found');

  // Columns: one away, one that is not shown at first, one wider.
  await runs.button('Columns').click();
  const menu = runs.root.getByRole('group', { name: 'Columns' });
  await menu.getByRole('checkbox', { name: 'Started' }).uncheck();
  await menu.getByRole('checkbox', { name: 'What went wrong' }).check();
  await page.keyboard.press('Escape');
  await expect(runs.head('Started')).toHaveCount(0);
  await expect(runs.head('What went wrong')).toBeVisible();
  await runs.head('model').getByRole('button').focus();
  const width = (await runs.head('model').boundingBox())?.width ?? 0;
  await page.keyboard.press('Alt+ArrowRight');
  await expect
    .poll(async () => (await runs.head('model').boundingBox())?.width)
    .toBeCloseTo(width + 16, 0);

  // All of it is there again after a reload.
  await page.waitForTimeout(1_500); // JupyterLab keeps its database a moment later.
  await page.reload({ waitForIsReady: false });
  await expect(runs.count).toHaveText('500 runs found', { timeout: 60_000 });
  await expect(runs.filter).toHaveValue('alpha is too large');
  await expect(runs.head('rmse')).toHaveAttribute('aria-sort', 'descending');
  await expect(runs.head('What went wrong')).toBeVisible();
  await expect(runs.head('Started')).toHaveCount(0);

  // Selected: with mouse and keyboard; all that are found.
  await runs.row(2).locator('[data-kind="select"]').click();
  await runs.row(4).click({ modifiers: ['Shift'] });
  await expect(runs.selected).toHaveCount(3);
  await runs.row(6).click({ modifiers: ['ControlOrMeta'] });
  await expect(runs.count).toHaveText('4 of 500 runs selected');
  await runs.act('Compare').click();
  const comparison = runs.root.getByRole('region', { name: 'Comparison' });
  await expect(comparison.getByRole('columnheader')).toHaveCount(4);
  await expect(comparison.getByRole('row', { name: /^model/ })).toBeVisible();
  await picture(page, info, 'compare');
  expect(await violations(page, TAB)).toEqual([]);
  await runs.button('Back to the runs').click();
  await runs.grid.focus();
  await page.keyboard.press('Escape');
  await expect(runs.count).toHaveText('500 runs found');
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(runs.selected).toHaveCount(2);
  await page.keyboard.press('Control+a');
  await expect(runs.count).toHaveText('500 of 500 runs selected');

  // Acted on: what goes is named; those that were left out, too.
  await runs.act('Delete…').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Delete 500 runs?');
  await expect(dialog).toContainText(/Their files \(\d+(\.\d)? GB\)/);
  await answer(page, 'Leave them');
  await runs.grid.focus();
  await page.keyboard.press('Escape');
  await runs.row(1).locator('[data-kind="select"]').click();
  await runs.row(2).locator('[data-kind="select"]').click();
  const retried = (await runs.texts('number')).slice(0, 2);
  await runs.act('Retry…').click();
  await answer(page, 'Retry 2 runs');
  // They stay where they are, and selected.
  await expect(runs.row(1)).toContainText('Succeeded', {
    timeout: JOB_TIMEOUT
  });
  await expect(runs.row(2)).toContainText('Succeeded', {
    timeout: JOB_TIMEOUT
  });
  expect((await runs.texts('number')).slice(0, 2)).toEqual(retried);
  await expect(runs.selected).toHaveCount(2);
  await runs.button('Update the list').click();
  await expect(runs.count).toHaveText('498 runs found');
  await expect(runs.selected).toHaveCount(0);

  // The matrix has the same filter and order.
  await runs.tab('Matrix').click();
  const matrix = new RunsTable(page, 'Steps of the pipeline runs');
  await expect(matrix.count).toHaveText('498 runs found');
  await expect(
    matrix.row(1).locator('[data-kind="step"]').nth(1)
  ).toContainText('Failed');
  await expect(
    matrix.row(1).locator('[data-kind="step"]').nth(2)
  ).toContainText('Skipped');
  await picture(page, info, 'matrix-light');
  expect(await violations(page, TAB)).toEqual([]);
  await matrix.row(1).locator('[data-kind="step"]').first().click();
  const run = page.locator('[id^="jp-orchest-run-"]:visible');
  await expect(run.getByRole('heading', { name: 'Load' })).toBeVisible();
});

test('the other parts of a job, in the dark', async ({
  page,
  tmpPath
}, info) => {
  const name = await seedJob(page, tmpPath);
  await page.theme.setDarkTheme();
  const panel = new JobsPanel(page);
  await panel.open();
  await panel.job(name).click();
  const runs = new RunsTable(page);
  await expect(runs.rows.first()).toContainText('Succeeded');
  await picture(page, info, 'runs-dark');
  expect(await violations(page, TAB)).toEqual([]);
  for (const [tab, text] of [
    ['Matrix', '10000 runs'],
    ['Parameters', '"boosting"'],
    [
      'Snapshot & environment',
      'The project is still as it is in the snapshot.'
    ],
    ['Activity', '10000 of 10000 runs']
  ]) {
    await runs.tab(tab).click();
    await expect(runs.root).toContainText(text);
    await picture(page, info, `${tab.toLowerCase()}-dark`);
    expect(await violations(page, TAB)).toEqual([]);
  }
  // The project moves on.
  await page.contents.uploadContent(
    'print()',
    'text',
    `${tmpPath}/sweep/new.py`
  );
  await runs.tab('Snapshot & environment').click();
  await page.waitForTimeout(3_000); // It is compared at most every three seconds.
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(runs.root).toContainText(
    'The project has changed since: 1 file',
    { timeout: 15_000 }
  );
  await expect(runs.root).toContainText('new.py');
  await runs.button('sweep.orchest').click();
  await expect(
    page
      .locator('#jp-main-dock-panel')
      .getByRole('tab', { name: 'sweep.orchest' })
  ).toBeVisible();

  // The runs of all jobs.
  await page.evaluate(() =>
    window.jupyterapp.commands.execute('orchest-jobs:show-runs')
  );
  const all = new RunsTable(page, 'Runs of all jobs');
  await expect(all.rows.first()).toContainText(name);
  await picture(page, info, 'all-runs-dark');
  expect(await violations(page, '#jp-orchest-runs')).toEqual([]);
});
