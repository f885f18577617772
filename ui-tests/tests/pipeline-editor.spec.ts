/** Pipelines as documents: from an empty one to a job, with the mouse and with the keyboard. */

import { expect, IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { Editor } from './editorpage';
import { JOB_TIMEOUT, JobTab, picture, RunTab, violations } from './pages';
import { PipelineTab, textOf, uploadNotebooks } from './pipelinepage';

test.setTimeout(3 * JOB_TIMEOUT);

/** *New pipeline* in the menu of the file browser. */
async function newPipeline(page: IJupyterLabPageFixture): Promise<void> {
  await page
    .locator('.jp-DirListing-content')
    .click({ button: 'right', position: { x: 60, y: 300 } });
  await page.getByRole('menuitem', { name: 'New pipeline' }).click();
}

test('a pipeline is made of three notebooks, run as a job, and looked at', async ({
  page,
  tmpPath
}, info) => {
  await uploadNotebooks(page, tmpPath, ['load', 'clean', 'train']);
  await page.filebrowser.openDirectory(tmpPath);
  await newPipeline(page);
  const tab = new PipelineTab(page);
  await expect(tab.root).toContainText('This pipeline has no steps yet.');
  await picture(page, info, 'empty');

  await tab.drop('load.ipynb', 60, 80);
  await tab.drop('clean.ipynb', 300, 80);
  await tab.drop('train.ipynb', 300, 220);
  await expect(tab.steps).toHaveCount(3);
  await picture(page, info, 'dropped');
  await tab.connect('load', 'clean');
  await tab.connect('load', 'train');
  await tab.connect('clean', 'train');
  await expect(tab.edges).toHaveCount(3);
  expect(await violations(page, '.jp-OrchestJobs-pipelineTab')).toEqual([]);

  // Moved, duplicated from the context menu; both undone.
  const place = () => tab.step('load').boundingBox();
  const before = await place();
  await tab.step('load').hover();
  await page.mouse.down();
  await page.mouse.move(before!.x + 100, before!.y + 300, { steps: 4 });
  await page.mouse.up();
  expect((await place())!.y).toBeGreaterThan(before!.y + 100);
  await page.keyboard.press('Control+z');
  await expect.poll(place).toEqual(before);
  await tab.step('load').click({ button: 'right' });
  await picture(page, info, 'menu');
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await expect(tab.step('load (2)')).toBeFocused();
  await page.keyboard.press('Control+z');
  await expect(tab.steps).toHaveCount(3);
  await tab.step('train').click();

  // Parameters at both levels; what is no JSON yet is neither in the file nor lost.
  await tab.writeJson('{"depth": 3,');
  await expect(tab.root).toContainText('Not in the file yet');
  await tab.step('load').click();
  await expect(tab.field('Title')).toHaveValue('load');
  await tab.step('train').click();
  await expect(tab.root).toContainText('{"depth": 3,');
  await tab.writeJson('{"depth": 3}');
  await expect(tab.root).not.toContainText('Not in the file yet');
  await tab.show('Settings');
  await tab.field('Name').fill('Forest');
  await tab.field('Steps at once').fill('2');
  await tab.writeJson('{"rows": 1e3}');
  await picture(page, info, 'settings-light');
  await page.theme.setDarkTheme();
  await picture(page, info, 'settings-dark');
  await tab.step('train').click();
  await picture(page, info, 'step-dark');
  expect(await violations(page, '.jp-OrchestJobs-pipelineTab')).toEqual([]);
  await page.theme.setLightTheme();

  // It is saved first; the job has both levels.
  await tab.tool('Run as job…').click();
  const editor = new Editor(page);
  await editor.expectValues('Pipeline: Forest', 'rows', ['1000.0']);
  await editor.expectValues('Step: train', 'depth', ['3']);
  const text = await textOf(page, `${tmpPath}/untitled.orchest`);
  expect(text).toContain('"rows": 1e3');
  expect(text).toContain('"max_steps_parallelism": 2');
  await editor.button('Run job · 1 run').click();
  const job = new JobTab(page);
  await expect(job.header).toContainText('1 of 1 run', {
    timeout: JOB_TIMEOUT
  });
  await job.runs.first().click();
  const run = new RunTab(page);
  await expect(run.root.getByText('read-only')).toBeVisible();
  await expect(run.step('train')).toContainText('Succeeded');
  await run.step('train').click();
  await run.show('Log');
  await expect(run.log).toContainText('1000.0 3');
  await picture(page, info, 'run');
});

test('a pipeline is edited with the keyboard alone', async ({
  page,
  tmpPath
}, info) => {
  await page.contents.createDirectory(tmpPath);
  await page.filebrowser.openDirectory(tmpPath);
  await newPipeline(page);
  const tab = new PipelineTab(page);
  const { keyboard } = page;
  await expect(tab.root).toContainText('This pipeline has no steps yet.');
  await tab.canvas.focus();

  // Add: a new script, and a new notebook.
  await keyboard.press('a');
  await page.getByRole('menuitem', { name: 'New Python script…' }).waitFor();
  await picture(page, info, 'add-menu');
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.locator('input')).toHaveValue('step.py');
  await keyboard.press('Control+a');
  await keyboard.insertText('fetch');
  await keyboard.press('Enter');
  await expect(tab.step('fetch')).toBeFocused();
  expect(await textOf(page, `${tmpPath}/fetch.py`)).toBe('');
  await keyboard.press('a');
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(dialog.locator('input')).toHaveValue('step.ipynb');
  await keyboard.press('Control+a');
  await keyboard.insertText('train');
  await keyboard.press('Enter');
  await expect(tab.step('train')).toBeFocused();

  // Connect; a circle is refused in words.
  await keyboard.press('ArrowLeft');
  await expect(tab.step('fetch')).toBeFocused();
  await keyboard.press('c');
  await expect(tab.root).toContainText('Connect “fetch” to “train”?');
  await picture(page, info, 'connecting');
  await keyboard.press('Enter');
  await expect(tab.edges).toHaveCount(1);
  await keyboard.press('ArrowRight');
  await expect(tab.step('train')).toBeFocused();
  await keyboard.press('c');
  await expect(tab.root).toContainText('that would be a circle');
  await keyboard.press('Enter');
  await keyboard.press('Escape');
  await expect(tab.edges).toHaveCount(1);

  // Properties, and back.
  await keyboard.press('Enter');
  await expect(tab.field('Title')).toBeFocused();
  await keyboard.press('Control+a');
  await keyboard.insertText('Fit');
  await keyboard.press('Enter');
  await keyboard.press('Escape');
  await expect(tab.step('Fit')).toBeFocused();

  // Move, delete, undo with JupyterLab's own keys.
  await keyboard.press('Alt+ArrowDown');
  await keyboard.press('Delete');
  await expect(tab.steps).toHaveCount(1);
  await expect(tab.step('fetch')).toBeFocused();
  await keyboard.press('Control+z');
  await expect(tab.steps).toHaveCount(2);
  await expect(tab.edges).toHaveCount(1);
  await keyboard.press('Control+Shift+z');
  await expect(tab.steps).toHaveCount(1);
});

test('a large pipeline is opened quickly, and what is not edited stays as it is', async ({
  page,
  tmpPath
}, info) => {
  const steps = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => {
      const id = idAt(index);
      const before = index < 10 ? [] : [idAt(index - 10), idAt(index - 9)];
      return [
        id,
        {
          uuid: id,
          title: `Step ${index}`,
          file_path: index === 3 ? 'gone.py' : 'load.ipynb',
          environment: '',
          kernel: { name: 'python', display_name: 'Python 3' },
          incoming_connections: before.filter(one => one < id),
          parameters: {}
        }
      ];
    })
  );
  const text = JSON.stringify({ steps, own: 1 }, null, 3);
  await uploadNotebooks(page, tmpPath, ['load']);
  const path = `${tmpPath}/large.orchest`;
  await page.contents.uploadContent(text, 'text', path);
  await page.filebrowser.openDirectory(tmpPath);

  // 200 steps. The first time, the code of the editor is loaded as well.
  const tab = new PipelineTab(page);
  const open = async () => {
    const start = await page.evaluate(() => performance.now());
    await page.locator('.jp-DirListing-item', { hasText: 'large' }).dblclick();
    await expect(tab.steps).toHaveCount(200);
    return page.evaluate(from => performance.now() - from, start);
  };
  console.log(`200 steps, first: ${Math.round(await open())} ms`);
  await page.activity.closeAll();
  console.log(`200 steps, again: ${Math.round(await open())} ms`);
  await picture(page, info, 'large');

  // Looked at, and not changed.
  await tab.show('Problems (1)');
  await expect(tab.root).toContainText('There is no file gone.py.');
  await tab.root.getByRole('button', { name: 'Step 3', exact: true }).click();
  await expect(tab.step('Step 3')).toBeFocused();
  await tab.show('Properties');
  await expect(tab.field('Title')).toHaveValue('Step 3');
  await expect(page.locator('.jp-mod-dirty')).toHaveCount(0);

  // One title is changed: all else stays as it is written. Undone from JupyterLab's menu.
  await tab.field('Title').fill('Three');
  await page.keyboard.press('Enter');
  await expect(tab.step('Three')).toBeVisible();
  await page.keyboard.press('Control+s');
  await expect
    .poll(() => textOf(page, path))
    .toBe(text.replace('"title": "Step 3"', '"title": "Three"'));
  await page.menu.clickMenuItem('Edit>Undo');
  await expect(tab.step('Three')).toHaveCount(0);

  // As text, beside it: what breaks it is told, the graph stays.
  await page.evaluate(async path => {
    await window.jupyterapp.commands.execute('docmanager:open', {
      path,
      factory: 'Editor',
      options: { mode: 'split-bottom' }
    });
  }, path);
  await page.locator('.jp-FileEditor .cm-content').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('x');
  await expect(tab.root).toContainText('Line 1, column 1: This is not JSON');
  await expect(tab.steps).toHaveCount(200);
  await picture(page, info, 'broken');
  await page.keyboard.press('Backspace');
  await expect(tab.root).not.toContainText('This is not JSON');
});

function idAt(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}
