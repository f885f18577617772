/** From a pipeline to a job as the user wants it. */

import { expect, test } from '@jupyterlab/galata';

import { Editor } from './editorpage';
import {
  Files,
  JOB_TIMEOUT,
  JobsPanel,
  JobTab,
  answer,
  picture,
  violations
} from './pages';

test.setTimeout(2 * JOB_TIMEOUT);

const STEP = 'Step: Add them up';

test('parameters at both levels are saved by themselves and run', async ({
  page,
  tmpPath
}, info) => {
  const files = new Files(page);
  const editor = new Editor(page);
  await files.upload('grid', tmpPath);
  await files.choose('grid.orchest', 'Run as job…');
  await expect(editor.name).toHaveValue('Grid');
  await expect(editor.root).toContainText(
    'from grid.parameters.json (detected)'
  );
  await editor.expectValues('Pipeline: Grid', 'seed', ['1', '2']);

  await editor.name.fill('My grid');
  await editor.addValue('Pipeline: Grid', 'seed', '3');
  await editor.addParameter(STEP, 'weight', '1.0');
  await editor.addValue(STEP, 'weight', '9007199254740993');
  await editor.expectSaved();
  await expect(editor.button(/^Run job/)).toHaveText('Run job · 12 runs');

  // The exact texts come back from the server.
  await page.reload({ waitForIsReady: false });
  await expect(editor.name).toHaveValue('My grid');
  await editor.expectValues(STEP, 'weight', ['1.0', '9007199254740993']);

  // By keyboard: out of the list, back by undo, to another place.
  await editor.parameter(STEP, 'method').locator('[data-index="1"]').focus();
  await page.keyboard.press('Delete');
  await editor.expectValues(STEP, 'method', ['"sum"']);
  await page.keyboard.press('ControlOrMeta+z');
  await editor.expectValues(STEP, 'method', ['"sum"', '"mean"']);
  await page.keyboard.press('Alt+ArrowRight');
  await editor.expectValues(STEP, 'method', ['"mean"', '"sum"']);
  await editor
    .section(STEP)
    .getByRole('button', { name: 'Remove the parameter weight' })
    .click();
  await editor.button('Reset seed to its default').click();
  await editor.expectValues('Pipeline: Grid', 'seed', ['1']);
  await editor.expectSaved();
  await picture(page, info, 'editor');
  expect(await violations(page, '.jp-OrchestJobs-editor')).toEqual([]);

  await editor.button('Run job · 2 runs').click();
  const job = new JobTab(page);
  await expect(job.runs).toHaveCount(2);
  await expect(editor.root).toHaveCount(0);
});

test('what is not JSON is shown, and neither saved nor lost', async ({
  page,
  tmpPath
}, info) => {
  const files = new Files(page);
  const editor = new Editor(page);
  await files.upload('grid', tmpPath);
  await files.choose('grid.orchest', 'Run as job…');
  const method = editor.parameter(STEP, 'method');
  await method.locator('[data-index="0"]').click();
  await editor.write('median');
  await expect(method).toContainText('Text is in double quotes: "median"');
  await expect(method.locator('.cm-lintRange-error').first()).toBeVisible();
  await picture(page, info, 'invalid');
  expect(await violations(page, '.jp-OrchestJobs-editor')).toEqual([]);

  // Leaving it keeps it open, and the job can't be started.
  await editor.name.click();
  await expect(editor.field).toHaveText('median');
  const run = editor.button(/^Run job/);
  await expect(run).toHaveAttribute('aria-disabled', 'true');
  await expect(run).toHaveAttribute('title', /“method” is not valid JSON/);

  await editor.field.click();
  await page.keyboard.press('Escape');
  await editor.expectValues(STEP, 'method', ['"sum"', '"mean"']);
  await expect(method.locator('[data-index="0"]')).toBeFocused();

  // A click on something below does not go astray when the editor above it closes.
  const seed = editor.parameter('Pipeline: Grid', 'seed');
  await seed.locator('[data-index="0"]').click();
  await editor.write('1.0');
  await method.locator('[data-index="1"]').click();
  await expect(seed.locator('[data-index]')).toHaveText(['1.0', '2']);
  await expect(editor.field).toHaveText('"mean"');
  await page.keyboard.press('Escape');

  // What the server refuses stays, with the reason.
  await editor.addValue(STEP, 'method', '1e999');
  await expect(editor.saving).toContainText('Not saved:');
  await editor.expectValues(STEP, 'method', [
    '"sum"',
    '"mean"',
    '1e999'
  ]);
  await picture(page, info, 'refused');
  await method.locator('[data-index="2"]').focus();
  await page.keyboard.press('Delete');
  await editor.expectSaved();

  // All as one text.
  await editor.button('{} JSON').click();
  const pane = editor.root.getByLabel('All parameters as JSON');
  await expect(pane).toBeFocused();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText('{"pipeline_parameters": {"seed": 7}}');
  await expect(editor.root).toContainText(
    'The value of “seed” has to be a list'
  );
  await picture(page, info, 'json');
  expect(await violations(page, '.jp-OrchestJobs-editor')).toEqual([]);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText('{"pipeline_parameters": {"seed": [7.0]}}');
  await page.keyboard.press('ControlOrMeta+Enter');
  await editor.button('{} JSON').click();
  await editor.expectValues('Pipeline: Grid', 'seed', ['7.0']);
  await editor.expectSaved();
});

test('a draft is discarded, and its tab is gone', async ({ page, tmpPath }) => {
  const files = new Files(page);
  const editor = new Editor(page);
  const panel = new JobsPanel(page);
  await files.upload('quick', tmpPath);
  await files.choose('quick.orchest', 'Run as job…');
  await expect(editor.name).toHaveValue('Quick');
  await editor.name.fill('Not this one');
  await editor.button('Discard…').last().click();
  await answer(page, 'Discard');
  await expect(editor.root).toHaveCount(0);
  await panel.open();
  await expect(panel.job('Not this one')).toHaveCount(0);
});

test('a change while the server is away is saved when it is back', async ({
  page,
  tmpPath
}) => {
  const files = new Files(page);
  const editor = new Editor(page);
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
});

test('a job from the first key to the last', async ({ page, tmpPath }, info) => {
  const files = new Files(page);
  const editor = new Editor(page);
  const panel = new JobsPanel(page);
  await files.upload('quick', tmpPath);
  await panel.open();
  await panel.root.getByRole('button', { name: 'New job…' }).first().focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('combobox')).toBeFocused();
  expect(await violations(page, '.jp-OrchestJobs-picker')).toEqual([]);
  await picture(page, info, 'picker');
  await page.keyboard.insertText(`${tmpPath} quick`);
  await expect(dialog.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');

  await expect(editor.name).toHaveValue('Quick');
  const run = editor.button('Run job · 1 run');
  await expect(run).not.toHaveAttribute('aria-disabled', 'true');
  const focused = page.locator(':focus');
  const tabTo = async (target: typeof run) => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      const there = await target.evaluate(
        node => node === document.activeElement
      );
      if (there) {
        return;
      }
    }
    throw new Error('Tab does not get there.');
  };
  await tabTo(editor.name);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText('By keyboard');
  await tabTo(
    editor.section('Pipeline: Quick').getByRole('button', {
      name: /Add a parameter/
    })
  );
  await page.keyboard.press('Enter');
  await page.keyboard.insertText('alpha');
  await page.keyboard.press('Enter');
  await editor.write('0.1');
  await editor.keep();
  await expect(focused).toHaveText('0.1');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await editor.write('[1, {"a": null}]');
  await editor.keep();
  await editor.expectSaved();
  await tabTo(editor.button('Run job · 2 runs'));
  await page.keyboard.press('Enter');
  const job = new JobTab(page);
  await expect(job.runs).toHaveCount(2);
  await expect(job.header).toContainText('By keyboard');
});

test('parameters files: detected, loaded, refused, written', async ({
  page,
  tmpPath
}, info) => {
  const files = new Files(page);
  const editor = new Editor(page);
  const folder = `${tmpPath}/grid`;
  await files.upload('grid', tmpPath);
  const write = (name: string, lines: string[]) =>
    page.contents.uploadContent(lines.join('\n'), 'text', `${folder}/${name}`);
  await write('wrong.json', [
    '{',
    '  "pipeline_parameters": {',
    '    "seed": 5',
    '  }',
    '}'
  ]);
  await write('right.json', ['{"pipeline_parameters": {"seed": [5.0, 6]}}']);
  await write('other.json', ['{"nobody": {"x": [1]}}']);
  await files.choose('grid.orchest', 'Run as job…');
  await editor.expectValues('Pipeline: Grid', 'seed', ['1', '2']);
  const load = async (name: string) => {
    await editor.button('Load file…').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(name, { exact: true }).click();
    await dialog.getByRole('button', { name: 'Select' }).click();
  };

  await load('wrong.json');
  await expect(page.getByRole('dialog')).toContainText('wrong.json:3');
  await picture(page, info, 'refused-file');
  await answer(page, 'Close');
  await editor.expectValues('Pipeline: Grid', 'seed', ['1', '2']);
  await expect(editor.root).toContainText('grid.parameters.json (detected)');

  await load('other.json');
  await expect(page.getByRole('dialog')).toContainText('nobody');
  await answer(page, 'Cancel');
  await editor.expectValues('Pipeline: Grid', 'seed', ['1', '2']);

  await load('right.json');
  await editor.expectValues('Pipeline: Grid', 'seed', ['5.0', '6']);
  await expect(editor.root).toContainText('from right.json');

  await editor.button('Save as parameters file…').click();
  const name = page.getByRole('dialog').getByRole('textbox');
  await expect(name).toHaveValue(`${folder}/grid.parameters.json`);
  await answer(page, 'Save');
  await answer(page, 'Overwrite');
  await expect(page.getByText('grid.parameters.json was written.')).toBeVisible();
  const written = await page.request.get(`files/${folder}/grid.parameters.json`);
  expect(await written.text()).toMatch(/"seed": \[\s*5\.0,\s*6\s*\]/);
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
  await expect(job.root).toContainText('seed124');
});

test('a parameters file is made from the defaults of a pipeline', async ({
  page,
  tmpPath
}) => {
  const files = new Files(page);
  await files.upload('grid', tmpPath);
  await page.contents.deleteFile(`${tmpPath}/grid/grid.parameters.json`);
  await files.choose('grid.orchest', 'Generate parameters file');
  await expect(
    page.getByText('grid.parameters.json was written.')
  ).toBeVisible();
  const written = await page.request.get(
    `files/${tmpPath}/grid/grid.parameters.json`
  );
  expect(await written.json()).toEqual({
    pipeline_parameters: { seed: [1] },
    '6f1f0a36-2b5c-4d0a-9d57-0a4f5d9c0001': { count: [3] },
    '6f1f0a36-2b5c-4d0a-9d57-0a4f5d9c0002': { method: ['sum'] }
  });
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
  await other.evaluate(
    job => window.jupyterapp.commands.execute('orchest-jobs:open-job', { id: job }),
    id.replace('jp-orchest-job-', '')
  );
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
