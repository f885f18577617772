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

test.setTimeout(JOB_TIMEOUT);

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
