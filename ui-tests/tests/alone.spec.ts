/** Notebooks and scripts that are jobs by themselves. */

import { expect, test } from '@jupyterlab/galata';

import { Editor } from './editorpage';
import { Files, JOB_TIMEOUT, JobTab, picture, RunTab } from './pages';

test.setTimeout(3 * JOB_TIMEOUT);

const STEP = 'Step: fit';

test('a notebook runs for three values of a parameter of its tagged cell', async ({
  page,
  tmpPath
}, info) => {
  const files = new Files(page);
  const editor = new Editor(page);
  await files.upload('alone', tmpPath);
  await files.openMenu('fit.ipynb');
  await picture(page, info, 'menu-light');
  await page.getByRole('menuitem', { name: 'Run as job…', exact: true }).click();

  await expect(editor.name).toHaveValue('fit');
  await editor.expectValues(STEP, 'alpha', ['0.1']);
  await editor.expectValues(STEP, 'name', ['"ridge"']);
  await editor.addValue(STEP, 'alpha', '1');
  await editor.addValue(STEP, 'alpha', '[2, 3]');
  await editor.expectValues(STEP, 'alpha', ['0.1', '1', '[2, 3]']);
  await editor.expectSaved();
  await picture(page, info, 'editor-light');

  await editor.button('Run job · 3 runs').click();
  const job = new JobTab(page);
  await expect(job.header).toContainText('3 of 3 runs', {
    timeout: JOB_TIMEOUT
  });
  await expect(job.runs).toHaveCount(3);
  await picture(page, info, 'job-light');
  await job.runs.filter({ hasText: '[2' }).click();

  const run = new RunTab(page);
  await expect(run.step('fit')).toContainText('Succeeded');
  await run.step('fit').click();
  await run.show('Log');
  await expect(run.log).toContainText('fit ridge with alpha = [2, 3]');
  await expect(run.log).toContainText('[cell 2 is skipped]');
  await picture(page, info, 'run-light');
  const notebook = await run.openNotebook();
  const text = (words: string) => notebook.contents.getByText(words);
  await expect(text('fit ridge with alpha = [2, 3]')).toBeVisible({
    timeout: JOB_TIMEOUT
  });
  await expect(text('Values of this run')).toBeVisible();
  await expect(text('Not executed')).toBeVisible();
  await picture(page, info, 'notebook-light');
  await page.theme.setDarkTheme();
  await expect(notebook.frame).toHaveAttribute('src', /theme=dark/);
  await expect(text('Not executed')).toBeVisible({ timeout: JOB_TIMEOUT });
  await picture(page, info, 'notebook-dark');
});

test('only files that can be run offer it, and an open notebook does in its toolbar', async ({
  page,
  tmpPath
}, info) => {
  const files = new Files(page);
  const editor = new Editor(page);
  const item = page.getByRole('menuitem', { name: 'Run as job…', exact: true });
  await files.upload('alone', tmpPath);
  await files.openMenu('notes.txt');
  await expect(
    page.getByRole('menuitem', { name: 'Rename', exact: false }).first()
  ).toBeVisible();
  await expect(item).toHaveCount(0);
  await page.keyboard.press('Escape');
  await files.choose('greet.sh', 'Run as job…');
  await expect(editor.name).toHaveValue('greet');
  await picture(page, info, 'script-light');

  await page.notebook.open('fit.ipynb');
  const button = page
    .locator(
      '.jp-NotebookPanel-toolbar:visible [data-jp-item-name="run-as-job"]'
    )
    .getByRole('button');
  await expect(page.locator('.jp-NotebookPanel .jp-Spinner')).toHaveCount(0);
  await expect(button).toBeVisible();
  await picture(page, info, 'notebook-toolbar-light');
  await button.click();
  await expect(editor.name).toHaveValue('fit');
  await editor.expectValues(STEP, 'alpha', ['0.1']);
});
