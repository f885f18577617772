/** The main use as a whole: from a pipeline with parameters to the notebook of one of its runs. */

import { expect, test } from '@jupyterlab/galata';

import { Editor } from './editorpage';
import { Files, JOB_TIMEOUT, JobTab, picture, RunTab, showTab } from './pages';

test.setTimeout(3 * JOB_TIMEOUT);

const PIPELINE = 'Pipeline: Levels';
const STEP = 'Step: Compare';

test('a job is configured, run, and the values of one run are found in its notebook', async ({
  page,
  tmpPath
}, info) => {
  const files = new Files(page);
  const editor = new Editor(page);
  await files.upload('levels', tmpPath);
  await files.choose('levels.orchest', 'Run as job…');

  // The parameters file beside the pipeline was found; both levels are edited.
  await expect(editor.root).toContainText(
    'from levels.parameters.json (detected)'
  );
  await editor.expectValues(PIPELINE, 'size', ['10', '20']);
  await editor.expectValues(STEP, 'size', ['"small"', '"large"']);
  await editor.addValue(PIPELINE, 'size', '30');
  await editor.changeValue(STEP, 'size', 1, '{"width": 2.0}');
  await editor.expectValues(STEP, 'size', ['"small"', '{"width": 2.0}']);
  await picture(page, info, 'editor-light');

  // Two of six runs are left out.
  await expect(editor.runs.count).toHaveText('6 combinations · all included');
  await editor.runs.box(1).click();
  await editor.runs.box(4).click();
  await expect(editor.runs.count).toHaveText('6 combinations · 4 included');
  await editor.expectSaved();
  await editor.runs.root.scrollIntoViewIfNeeded();
  await picture(page, info, 'runs-light');
  await page.theme.setDarkTheme();
  await picture(page, info, 'runs-dark');
  await editor.name.scrollIntoViewIfNeeded();
  await picture(page, info, 'editor-dark');
  await page.theme.setLightTheme();

  await editor.button('Run job · 4 runs').click();
  const job = new JobTab(page);
  await expect(job.runs).toHaveCount(4);
  await expect(job.header).toContainText('4 of 4 runs', {
    timeout: JOB_TIMEOUT
  });
  await picture(page, info, 'job-light');
  await job.runs.filter({ hasText: '30' }).filter({ hasText: 'width' }).click();

  // The pipeline of this run, its log, its notebook.
  const run = new RunTab(page);
  await expect(run.root.getByText('read-only')).toBeVisible();
  await expect(run.step('Compare')).toContainText('Succeeded');
  await run.step('Collect').click();
  await run.show('Log');
  await expect(run.log).toContainText('collected 30 rows');
  await run.step('Compare').click();
  await expect(run.log).toContainText('size of the pipeline: 30');
  await picture(page, info, 'run-light');
  await run.show('Parameters');
  await picture(page, info, 'parameters-light');

  const notebook = await run.openNotebook();
  const text = (words: string) => notebook.contents.getByText(words);
  await expect(text('size of the pipeline: 30')).toBeVisible({
    timeout: JOB_TIMEOUT
  });
  await expect(text("size of the step: {'width': 2.0}")).toBeVisible();
  await expect(notebook.frame).toHaveAttribute('sandbox', 'allow-scripts');
  await picture(page, info, 'notebook-light');

  // All of it in the dark, without a reload.
  await page.theme.setDarkTheme();
  await expect(notebook.frame).toHaveAttribute('src', /theme=dark/);
  await expect(text('size of the pipeline: 30')).toBeVisible({
    timeout: JOB_TIMEOUT
  });
  await picture(page, info, 'notebook-dark');
  await showTab(page, 'Levels');
  await expect(job.runs).toHaveCount(4);
  await picture(page, info, 'job-dark');
});
