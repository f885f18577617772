/** Parameters with a schema beside the file: a form in the editor of pipelines, and for values of jobs. */

import { expect, test } from '@jupyterlab/galata';

import { Editor } from './editorpage';
import { JOB_TIMEOUT, picture, violations } from './pages';
import { PipelineTab, textOf } from './pipelinepage';

const STEP = '00000000-0000-4000-8000-000000000001';
const TEXT = JSON.stringify(
  {
    name: 'Forest',
    uuid: '00000000-0000-4000-8000-000000000009',
    settings: {},
    parameters: { rows: 1000 },
    steps: {
      [STEP]: {
        uuid: STEP,
        title: 'Train',
        file_path: 'train.py',
        environment: '',
        kernel: { name: 'python', display_name: 'Python 3' },
        incoming_connections: [],
        parameters: { rate: 0.5, layers: [3, 4], more: '' },
        meta_data: { position: [80, 120] }
      }
    }
  },
  null,
  2
);
const SCHEMA = JSON.stringify({
  required: ['rate'],
  properties: {
    rate: {
      type: 'number',
      title: 'Learning rate',
      description: 'Smaller is slower, and often better.',
      maximum: 1
    },
    kind: { enum: ['ridge', 'lasso'], title: 'Kind of model' },
    layers: { type: 'array', items: { type: 'integer' }, title: 'Layers' }
  }
});

test.setTimeout(2 * JOB_TIMEOUT);

test('a form is as strict as its schema, and so is a job', async ({
  page,
  tmpPath
}, info) => {
  const upload = (text: string, name: string) =>
    page.contents.uploadContent(text, 'text', `${tmpPath}/${name}`);
  await upload('print(1)\n', 'train.py');
  await upload(SCHEMA, 'train.py.schema.json');
  await upload(TEXT, 'forest.orchest');
  await page.filebrowser.openDirectory(tmpPath);
  await page.filebrowser.open('forest.orchest');
  const tab = new PipelineTab(page);
  await tab.step('Train').click();
  const rate = tab.field('Learning rate');
  await expect(rate).toHaveValue('0.5');
  await picture(page, info, 'form-light');

  // What isn't allowed is neither in the file nor lost.
  await rate.fill('5');
  await expect(tab.root).toContainText(
    'Not in the file yet: rate: This must be at most 1.'
  );
  expect(await violations(page, '.jp-OrchestJobs-pipelineTab')).toEqual([]);
  await page.theme.setDarkTheme();
  await picture(page, info, 'form-dark');
  await tab.root.getByRole('button', { name: '{} JSON' }).click();
  await expect(tab.root.locator('.cm-content')).toContainText('"rate": 5');
  await picture(page, info, 'json-dark');
  await page.theme.setLightTheme();
  await tab.root.getByRole('button', { name: '{} JSON' }).click();
  await rate.fill('0.25');
  await expect(tab.root).not.toContainText('Not in the file yet');
  await tab.tool('Run as job…').click();

  // Only what was changed is written anew.
  const editor = new Editor(page);
  await editor.expectValues('Step: Train', 'rate', ['0.25']);
  expect(await textOf(page, `${tmpPath}/forest.orchest`)).toBe(
    TEXT.replace('"rate": 0.5', '"rate": 0.25')
  );

  // The same schema holds for the values of a job, and makes forms of them.
  const row = editor.parameter('Step: Train', 'rate');
  await row.getByRole('button', { name: 'Add a value to rate' }).click();
  const value = row.getByLabel('Learning rate');
  await expect(value).toBeFocused();
  await value.fill('2');
  // Shown beside the field, and told once.
  const told = row.getByText('This must be at most 1.');
  await expect(told.and(row.getByRole('status'))).toHaveClass(/hidden/);
  await expect(told).toHaveCount(2);
  await expect(row.getByRole('button', { name: 'Keep' })).toBeDisabled();
  await picture(page, info, 'job-light');
  await page.theme.setDarkTheme();
  await picture(page, info, 'job-dark');
  expect(await violations(page, '.jp-OrchestJobs-editor')).toEqual([]);
  await value.fill('0.75');
  await value.press('Control+Enter');
  await editor.expectValues('Step: Train', 'rate', ['0.25', '0.75']);
  const layers = editor.parameter('Step: Train', 'layers');
  await layers.locator('[data-index="0"]').click();
  await expect(layers.locator('input')).toHaveCount(2);
  await picture(page, info, 'job-list');
  await layers.getByRole('button', { name: '{} JSON' }).click();
  await expect(layers.locator('.cm-content')).toContainText('[3, 4]');
});
