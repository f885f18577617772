/** *View pipeline*: a run with its graph, logs, notebooks and files. */

import { readFile } from 'node:fs/promises';

import { expect, IJupyterLabPageFixture, test } from '@jupyterlab/galata';

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

test.setTimeout(3 * JOB_TIMEOUT);

/** Run the project “inspect” and open its first run. */
async function openRun(
  page: IJupyterLabPageFixture,
  folder: string
): Promise<RunTab> {
  const panel = new JobsPanel(page);
  const files = new Files(page);
  await files.upload('inspect', folder);
  await files.runAsJob('inspect.orchest');
  await expect(panel.job('Inspect')).toBeVisible();
  await panel.job('Inspect').click();
  const job = new JobTab(page);
  await job.runs.first().click();
  return new RunTab(page);
}

/** Whether a script of a notebook or file has got hold of JupyterLab's page. */
function marks(page: IJupyterLabPageFixture): Promise<unknown> {
  return page.evaluate(() => (window as { ran?: unknown }).ran ?? null);
}

test('a run is watched, and its failure found', async ({
  page,
  tmpPath
}, info) => {
  const run = await openRun(page, tmpPath);

  // The graph shows what goes on; nothing moves when steps end.
  await expect(run.root.getByText('read-only')).toBeVisible();
  await expect(run.step('Watch')).toContainText('Running', {
    timeout: JOB_TIMEOUT
  });
  const place = await run.step('Watch').boundingBox();
  await run.step('Watch').click();
  await expect(run.step('Watch')).toHaveAttribute('aria-pressed', 'true');

  // The log follows its end until somebody scrolls up.
  const ended = () => run.log.evaluate(isAtEnd);
  await expect(run.log).toContainText('tick 155', { timeout: JOB_TIMEOUT });
  await expect.poll(ended).toBe(true);
  await run.log.hover();
  await page.mouse.wheel(0, -600);
  await expect(run.button('Follow')).toBeVisible();
  await expect(run.log).toContainText('tick 180', { timeout: JOB_TIMEOUT });
  expect(await ended()).toBe(false);
  await run.button('Follow').click();
  await expect.poll(ended).toBe(true);
  await picture(page, info, 'running');

  await expect(run.header).toContainText('Failed', { timeout: JOB_TIMEOUT });
  await expect(run.step('Fit')).toContainText('failed in cell 3 of 4');
  await expect(run.step('Report')).toContainText('Skipped');
  await expect(run.step('Watch')).toContainText(/Succeeded\s*\d+/);
  expect(await run.step('Watch').boundingBox()).toEqual(place);
  // What is read stays, though another step has failed.
  await expect(run.step('Watch')).toHaveAttribute('aria-pressed', 'true');

  // By keyboard: arrow keys follow the connections, Enter selects.
  await run.step('Prepare').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(run.step('Report')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Home');
  await expect(run.step('Prepare')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(run.root.getByRole('heading', { name: 'Prepare' })).toBeVisible();

  // Search.
  const field = run.root.getByRole('searchbox', { name: 'Search in the log' });
  await field.fill('A NEEDLE');
  await expect(run.root.getByText('6 found')).toBeVisible();
  await field.press('Enter');
  await field.press('Enter');
  await expect(run.root.getByText('2 of 6')).toBeVisible();
  const mark = run.log.locator('mark[data-current]');
  await expect(mark).toHaveText('a needle');
  await expect(mark).toBeInViewport();
  await field.press('Shift+Enter');
  await expect(run.root.getByText('1 of 6')).toBeVisible();
  await picture(page, info, 'search');
  await run.root.getByRole('checkbox', { name: 'Wrap lines' }).uncheck();
  await run.show('Parameters');
  await expect(run.root.getByRole('tabpanel')).toContainText('lines600');

  // The list is the same for those who prefer it, or can't see the drawing.
  await run.button('List').click();
  const options = run.root.getByRole('option');
  await expect(options).toHaveCount(5);
  await expect(options.nth(3)).toContainText('after: Show, Fit');
  await options.nth(2).click();
  await expect(run.root.getByRole('tabpanel')).toContainText('alpha1.0');
  await expect(run.root.getByRole('tabpanel')).toContainText('9007199254740993');
  await run.button('Graph').click();
  await expect(run.step('Fit')).toHaveAttribute('aria-pressed', 'true');

  // The other run, with the same step in view; and back, by keyboard.
  await run.button('Next run').click();
  await expect(run.header).toContainText('Run 2');
  await expect(run.step('Fit')).toHaveAttribute('aria-pressed', 'true');
  await expect(run.root.getByRole('tabpanel')).toContainText('seed2');
  await expect(run.button('Next run')).toHaveAttribute('aria-disabled', 'true');
  await run.step('Fit').focus();
  await page.keyboard.press('Alt+PageUp');
  await expect(run.header).toContainText('Run 1');
  await expect(run.root.getByRole('tabpanel')).toContainText('seed1');
  await run.button('Next run').click();
  await expect(run.header).toContainText('Run 2');
  await expect(run.header).toContainText('Failed', { timeout: JOB_TIMEOUT });

  // What is shown is there again after a reload.
  // JupyterLab keeps its layout a moment later.
  await page.waitForTimeout(2_500);
  await page.reload({ waitForIsReady: false });
  await expect(run.header).toContainText('Run 2', { timeout: JOB_TIMEOUT });
  await expect(run.step('Fit')).toHaveAttribute('aria-pressed', 'true');

  await run.button('Delete…').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Delete run 2?');
  await dialog.getByRole('button', { name: 'Delete run' }).click();
  await expect(run.root).toContainText('This run is gone');
});

test('what a run has left is looked at, and can do no harm', async ({
  page,
  tmpPath
}, info) => {
  const panel = new JobsPanel(page);
  const files = new Files(page);
  await files.upload('inspect', tmpPath);
  // Nobody watches here, so nobody waits.
  await page.contents.uploadContent(
    'print("watched")\n',
    'text',
    `${tmpPath}/inspect/watch.py`
  );
  await files.runAsJob('inspect.orchest');
  await panel.expectEnd('Inspect', 'Failed', '2 failed');
  await panel.job('Inspect').click();
  const job = new JobTab(page);
  await job.root.getByRole('button', { name: 'First failed run' }).click();
  const run = new RunTab(page);

  // The failing step is preselected, with its cell and message, and its page at that cell.
  await expect(run.step('Fit')).toHaveAttribute('aria-pressed', 'true');
  await expect(run.root).toContainText('Failed in cell 3 of 4');
  await expect(run.root).toContainText('alpha is too small: 0');
  const failing = run.sandbox.contentFrame();
  await expect(failing.locator('#failure')).toBeInViewport({
    timeout: JOB_TIMEOUT
  });
  await picture(page, info, 'failed-light');
  expect(await violations(page, '[id^="jp-orchest-run-"]')).toEqual([]);
  await page.theme.setDarkTheme();
  await expect(failing.locator('#failure')).toBeInViewport({
    timeout: JOB_TIMEOUT
  });
  await picture(page, info, 'failed-dark');
  expect(await violations(page, '[id^="jp-orchest-run-"]')).toEqual([]);
  await page.theme.setLightTheme();

  // Scripts in the page run, but reach nothing of Jupyter's.
  const reach = await page.evaluate(
    async () => (await fetch('/api/contents')).status
  );
  expect(reach, 'from JupyterLab itself, the contents can be read').toBe(200);
  await run.step('Show').click();
  const probe = run.sandbox.contentFrame().locator('#probe');
  await expect(probe).toContainText('probed', { timeout: JOB_TIMEOUT });
  const said = (await probe.textContent())?.replace('probed ', '') ?? '';
  expect(JSON.parse(said)).toEqual({
    cookie: 'refused',
    storage: 'refused',
    parent: 'refused',
    api: 'refused',
    send: 'refused',
    mark: 'refused',
    popup: 'refused'
  });
  expect(await marks(page)).toBeNull();

  // In JupyterLab's own view no script runs at all; formulas are set without a network.
  await run.button('Open as notebook view').click();
  const view = page.locator('[id^="jp-orchest-notebookview-"]:visible');
  await expect(view.locator('mjx-container').first()).toBeVisible({
    timeout: JOB_TIMEOUT
  });
  await expect(view.getByText('no script has run', { exact: true })).toBeVisible();
  const trap = view.getByText('trap', { exact: true });
  await expect(trap).not.toHaveAttribute('href', /javascript/);
  await expect(view.locator('iframe')).toHaveCount(0);
  await view.locator('.jp-CodeCell .cm-content').first().click();
  await page.keyboard.type('x = 1');
  await expect(view).not.toContainText('x = 1');
  await page.waitForTimeout(500);
  expect(await marks(page)).toBeNull();
  await picture(page, info, 'view-light');
  await showTab(page, 'Inspect · run 1');

  // Files.
  await run.show('Files of the run');
  const tree = run.root.getByRole('tree', { name: 'Files of the run' });
  const row = (name: string) =>
    tree.getByRole('treeitem').filter({ hasText: name });
  await expect(row('notes.txt')).toContainText('changed');
  await expect(row('old.txt')).toContainText('deleted');
  await expect(row('inspect.parameters.json')).not.toContainText('changed');
  await row('out').click();
  await expect(row('report.txt')).toContainText('added');
  await run.root
    .getByRole('checkbox', { name: 'Only changed' })
    .check();
  await expect(row('data')).toHaveCount(0);
  await picture(page, info, 'files-light');
  expect(await violations(page, '[id^="jp-orchest-run-"]')).toEqual([]);

  await row('report.txt').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const file = page.locator('[id^="jp-orchest-file-"]:visible');
  await expect(file.locator('pre')).toContainText('<b>not bold</b> <script>');
  await picture(page, info, 'file-text');
  await showTab(page, 'Inspect · run 1');
  await row('drawing.svg').click();
  const image = file.getByRole('img');
  await expect
    .poll(() => image.evaluate((it: HTMLImageElement) => it.naturalWidth))
    .toBe(80);
  await showTab(page, 'Inspect · run 1');
  await row('model.bin').click();
  await expect(file).toContainText('can’t be shown');
  expect(await marks(page)).toBeNull();
  await showTab(page, 'Inspect · run 1');

  const save = async (link: string) => {
    const saving = page.waitForEvent('download');
    await run.root.getByRole('link', { name: link, exact: true }).click();
    const download = await saving;
    return { name: download.suggestedFilename(), path: await download.path() };
  };
  await row('notes.txt').hover();
  const notes = await save('Download notes.txt');
  expect(await readFile(notes.path, 'utf-8')).toBe('changed\n');
  const changed = await save('Download changed');
  const all = await save('Download all');
  expect(changed.name).toMatch(/\.zip$/);
  const [part, whole] = await Promise.all(
    [changed, all].map(({ path }) => readFile(path, 'latin1'))
  );
  expect(part).toContain('out/report.txt');
  expect(part).not.toContain('data/same.csv');
  expect(whole).toContain('data/same.csv');
});

function isAtEnd(node: Element): boolean {
  return node.scrollHeight - node.scrollTop - node.clientHeight < 24;
}
