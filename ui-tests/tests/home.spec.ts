/** The sidebar with many jobs, and how jobs are at home in JupyterLab. */

import { gzipSync } from 'node:zlib';

import { expect, IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import {
  answer,
  Files,
  JOB_TIMEOUT,
  JobsPanel,
  picture,
  violations
} from './pages';

test.setTimeout(2 * JOB_TIMEOUT);

/** What our scripts and styles may weigh when Lab starts: kB, gzipped. */
const EAGER_KB = 40;
const LIST = /\/jupyter-orchest-jobs\/jobs(\?|$)/;

const STATES = ['succeeded', 'failed', 'running', 'scheduled', 'cancelled'];

/** Let the server answer with many jobs; they exist in the answers only. */
async function seed(
  page: IJupyterLabPageFixture,
  count: number,
  root: string
): Promise<void> {
  const items = Array.from({ length: count }, (_, index) => {
    const number = count - index;
    const status = STATES[number % STATES.length];
    const failed = status === 'failed' ? 3 : 0;
    const running = status === 'running' ? 2 : 0;
    return {
      id: `seeded-${number}`,
      number,
      name: `Forecast ${number}`,
      status,
      message: null,
      project: `${root}/${['wine-quality', 'energy', 'traffic'][number % 3]}`,
      pipeline_path: `${['train', 'etl'][number % 2]}.orchest`,
      pipeline_name: ['train', 'etl'][number % 2],
      snapshot: {
        status: 'ready',
        files: 3,
        bytes: 1234,
        files_done: 3,
        bytes_done: 1234,
        commit: null,
        dirty: null,
        skipped: [],
        taken_at: '2026-11-20T12:00:00Z'
      },
      runs: {
        total: 24,
        pending: 0,
        running,
        succeeded: 24 - failed - running,
        failed,
        cancelled: 0,
        interrupted: 0
      },
      schedule: {
        kind: status === 'scheduled' ? 'cron' : 'now',
        at: null,
        cron: null,
        zone: null,
        description: 'every day at 02:30'
      },
      next_firing_at:
        status === 'scheduled' ? `2027-01-${10 + (number % 20)}T02:30:00Z` : null,
      batches: 1,
      size_bytes: 1_000_000,
      start_requested: true,
      cancel_requested: false,
      first_failed_run: null,
      created_at: '2026-11-20T12:00:00Z',
      started_at: '2026-11-20T12:00:00Z',
      finished_at: '2026-11-20T13:00:00Z',
      revision: 1
    };
  });
  await page.route(LIST, route =>
    route.fulfill({
      json: { items, next_cursor: null, total: count, revision: 1, deleted: [] }
    })
  );
}

test('five hundred jobs are searched, sorted, folded and scrolled', async ({
  page
}, info) => {
  const { root_dir } = await (
    await page.request.get('jupyter-orchest-jobs/server')
  ).json();
  await seed(page, 500, root_dir);
  await page.reload();
  const panel = new JobsPanel(page);
  await panel.open();
  await expect(panel.jobs.first()).toBeVisible();
  // Only what can be seen is there.
  expect(await panel.jobs.count()).toBeLessThan(60);

  const search = panel.root.getByRole('searchbox');
  await search.fill('forecast 477');
  await expect(panel.jobs).toHaveCount(1);
  await expect(panel.root).toContainText('1 of 500 jobs');
  await search.fill('no such thing');
  await expect(panel.root).toContainText('Nothing matches');
  await picture(page, info, 'nothing-matches');
  await panel.root.getByRole('button', { name: 'Show all jobs' }).click();

  await panel.root.getByLabel('Status').selectOption('Scheduled');
  await expect(panel.root).toContainText('100 of 500 jobs');
  await panel.root.getByLabel('Pipeline').selectOption('etl.orchest');
  await expect(panel.root).toContainText('50 of 500 jobs');
  await panel.root.getByLabel('Sort by').selectOption('By next firing');
  await expect(panel.jobs.first()).toContainText('2027');

  // All of it is remembered.
  const energy = panel.root.getByRole('treeitem', { name: /^energy/ });
  await energy.click();
  await expect(energy).toHaveAttribute('aria-expanded', 'false');
  await page.waitForTimeout(1500); // Lab keeps its state with a delay.
  await page.reload();
  await panel.open();
  await expect(panel.root).toContainText('50 of 500 jobs');
  await expect(energy).toHaveAttribute('aria-expanded', 'false');
  await expect(panel.root.getByLabel('Sort by')).toHaveValue('next');
  await panel.root.getByRole('button', { name: 'Show all' }).click();
  await energy.click();

  // Several at once: one question that names what goes.
  await panel.tree.focus();
  await page.keyboard.press('Control+a');
  await expect(panel.root).toContainText('500 jobs selected');
  await picture(page, info, 'many-light');
  await page.keyboard.press('Delete');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Delete 300 jobs?');
  await expect(dialog).toContainText('7200 runs are deleted');
  await expect(dialog).toContainText('300 MB');
  await answer(page, 'Keep');

  // Scrolling to the end and back, frame by frame.
  await page.keyboard.press('End');
  await expect(panel.jobs.last()).toBeVisible();
  const work = await panel.tree.evaluate(async node => {
    const times: number[] = [];
    node.scrollTop = 0;
    for (let frame = 0; frame < 100; frame += 1) {
      const before = performance.now();
      node.scrollTop += 150;
      node.dispatchEvent(new Event('scroll'));
      times.push(performance.now() - before);
      await new Promise(requestAnimationFrame);
    }
    return times.sort((a, b) => a - b)[50];
  });
  console.log(`median of our work per scrolled frame: ${work.toFixed(1)} ms`);

  for (const theme of ['light', 'dark', 'high contrast']) {
    if (theme !== 'light') {
      await page.theme.setTheme(
        theme === 'dark' ? 'JupyterLab Dark' : 'JupyterLab Dark High Contrast'
      );
    }
    await panel.tree.focus();
    await page.keyboard.press('Home');
    await expect(energy).toHaveAttribute('data-current', 'true');
    await page.keyboard.press('ArrowDown');
    await expect(panel.jobs.first()).toHaveAttribute('aria-selected', 'true');
    expect(await violations(page, '#jp-orchest-jobs')).toEqual([]);
    await picture(page, info, `sidebar-${theme.replace(' ', '-')}`);
  }
});

test('running jobs are where Lab shows what runs', async ({
  page,
  tmpPath
}, info) => {
  const panel = new JobsPanel(page);
  const files = new Files(page);
  await files.upload('slow', tmpPath);
  await files.runAsJob('slow.orchest');
  await expect(panel.job('Slow')).toContainText('Running', {
    timeout: JOB_TIMEOUT
  });
  const status = page
    .locator('#jp-main-statusbar')
    .getByRole('button', { name: /1 job running/ });
  await expect(status).toBeVisible();
  expect(await violations(page, '.jp-OrchestJobs-activity')).toEqual([]);

  await page.sidebar.openTab('jp-running-sessions');
  const running = page.locator('#jp-running-sessions');
  const item = running.locator('.jp-RunningSessions-item', { hasText: 'Slow' });
  await expect(item).toBeVisible();
  await picture(page, info, 'running-panel');
  // From the status bar to the list.
  await status.click();
  await expect(panel.job('Slow')).toBeVisible();
  await page.sidebar.openTab('jp-running-sessions');
  await item.hover();
  await item.locator('.jp-RunningSessions-itemShutdown').click();
  await answer(page, 'Cancel job');
  await expect(item).toHaveCount(0, { timeout: JOB_TIMEOUT });
  await expect(status).toHaveCount(0);
});

test('limits, commands, launcher and shortcuts', async ({ page }, info) => {
  const panel = new JobsPanel(page);
  await page.keyboard.press('Control+Alt+j');
  await expect(panel.root).toBeVisible();
  await panel.root.getByRole('button', { name: 'More for all jobs' }).click();
  await picture(page, info, 'menu');
  await page.getByRole('menuitem', { name: 'Limits…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Runs at once').fill('7');
  await dialog.getByLabel('Folder of shared data').fill('/tmp');
  const overlays = dialog.getByLabel('Working copies as overlays');
  await overlays.check();
  expect(await violations(page, '.jp-OrchestJobs-limits')).toEqual([]);
  await picture(page, info, 'limits');
  await overlays.uncheck(); // whether they can be had is the machine's
  // What is refused, here or by the server, is kept to be mended.
  const names = dialog.getByLabel('Kernel names');
  await names.fill('python = nowhere\nR');
  const save = dialog.getByRole('button', { name: 'Save' });
  await expect(dialog).toContainText('Not so: R');
  await expect(save).toBeDisabled();
  await picture(page, info, 'limits-wrong');
  await names.fill('python = nowhere');
  await expect(save).toBeEnabled();
  await answer(page, 'Save');
  await expect(dialog).toContainText('“nowhere”, which is not installed');
  await answer(page, 'Close');
  await expect(names).toHaveValue('python = nowhere');
  await expect(dialog.getByLabel('Runs at once')).toHaveValue('7');
  await names.fill('');
  await answer(page, 'Save');
  await expect
    .poll(async () => {
      const settings = await page.request.get('jupyter-orchest-jobs/settings');
      const { max_runs, data_dir } = await settings.json();
      return [max_runs, data_dir];
    })
    .toEqual([7, '/tmp']);
  await page.request.patch('jupyter-orchest-jobs/settings', {
    data: { data_dir: '' }
  });

  await expect(
    page.locator('.jp-LauncherCard', { hasText: 'New job' })
  ).toBeVisible();
  // What needs no arguments is in the palette.
  const palette = await page.evaluate(() =>
    window.jupyterapp.commands
      .listCommands()
      .filter(id => id.startsWith('orchest-jobs:'))
      .filter(
        id =>
          window.jupyterapp.commands.label(id) === '' ||
          window.jupyterapp.commands.caption(id) === ''
      )
  );
  expect(palette).toEqual([]);
});

test('two windows stay in step, and one of them tells of the end', async ({
  page,
  tmpPath,
  baseURL
}) => {
  const panel = new JobsPanel(page);
  const files = new Files(page);
  await files.upload('quick', tmpPath);
  const other = await page.context().newPage();
  await other.goto(`${baseURL}/lab/workspaces/other`);
  const tab = other.locator('.lm-TabBar-tab[data-id="jp-orchest-jobs"]');
  await expect(tab).toBeVisible();
  await tab.click();
  const there = other.locator('#jp-orchest-jobs');
  await expect(there).toContainText('No jobs yet');

  await page.bringToFront();
  await files.runAsJob('quick.orchest');
  await panel.expectEnd('Quick', 'Succeeded', '1 of 1 run');
  await expect(there.getByRole('treeitem', { name: /Quick/ })).toContainText(
    'Succeeded'
  );
  const ends = { hasText: 'Job “Quick”: succeeded.' };
  await expect
    .poll(async () => {
      const counts = [page, other].map(window =>
        window.locator('.Toastify__toast', ends).count()
      );
      return (await Promise.all(counts)).reduce((a, b) => a + b);
    })
    .toBe(1);
  await page.waitForTimeout(1500);
  expect(
    (await page.locator('.Toastify__toast', ends).count()) +
      (await other.locator('.Toastify__toast', ends).count())
  ).toBe(1);

  // Deleted there, gone here.
  await there.getByRole('treeitem', { name: /Quick/ }).click();
  await there.getByRole('tree').focus();
  await other.keyboard.press('Delete');
  await other.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(panel.root).toContainText('No jobs yet');
  await other.close();
});

test.describe('before Lab is loaded', () => {
  test.use({ autoGoto: false });

  test('what is loaded when Lab starts is small', async ({ page }) => {
    const loaded = new Map<string, Promise<Buffer>>();
    page.on('response', response => {
      const { pathname } = new URL(response.url());
      if (pathname.includes('/extensions/jupyter-orchest-jobs/static/')) {
        loaded.set(pathname, response.body());
      }
    });
    await page.goto();
    await expect(
      page.locator('.lm-TabBar-tab[data-id="jp-orchest-jobs"]')
    ).toBeVisible();
    await page.waitForTimeout(1000);
    const sizes: Record<string, number> = {};
    let bytes = 0;
    for (const [path, body] of loaded) {
      const size = gzipSync(await body, { level: 9 }).length;
      sizes[path.slice(path.lastIndexOf('/') + 1)] = size;
      bytes += size;
    }
    console.log(`eager: ${bytes} bytes gzipped`, sizes);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes, JSON.stringify(sizes)).toBeLessThanOrEqual(EAGER_KB * 1000);
  });
});
