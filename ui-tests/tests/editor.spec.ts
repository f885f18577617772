/** The parameters of a draft: typed, refused, and by keyboard alone. */

import { expect, test } from '@jupyterlab/galata';

import { Editor } from './editorpage';
import {
  Files,
  JOB_TIMEOUT,
  JobsPanel,
  JobTab,
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
