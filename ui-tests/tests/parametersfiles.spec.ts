/** Parameters files: detected, loaded, refused, written, made from a pipeline. */

import { expect, test } from '@jupyterlab/galata';

import { Editor } from './editorpage';
import { answer, Files, JOB_TIMEOUT, picture } from './pages';

test.setTimeout(2 * JOB_TIMEOUT);

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
