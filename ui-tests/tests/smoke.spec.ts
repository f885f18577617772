import { expect, test } from '@jupyterlab/galata';

const PLUGIN = 'jupyter-orchest-jobs:plugin';

test('Lab loads and our plugin is active', async ({ page }, testInfo) => {
  const plugin = await page.evaluate(id => {
    const app = window.jupyterapp;
    return {
      listed: app.listPlugins().includes(id),
      active: app.isPluginActivated(id)
    };
  }, PLUGIN);
  expect(plugin).toEqual({ listed: true, active: true });
  await page.screenshot({ path: testInfo.outputPath('lab.png') });
});

test('the file browser knows a pipeline file', async ({ page, tmpPath }) => {
  await page.contents.uploadContent(
    '{}',
    'text',
    `${tmpPath}/pipeline.orchest`
  );
  await page.filebrowser.openDirectory(tmpPath);
  await expect(
    page.locator('.jp-DirListing-item[data-file-type="orchest"]')
  ).toHaveCount(1);
});
