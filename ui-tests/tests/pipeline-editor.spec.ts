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
  await picture(page, info, 'connected');
});
