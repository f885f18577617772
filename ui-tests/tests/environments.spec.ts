/** What the steps of a job are executed in: frozen, looked through, switched off. */

import { expect, test } from '@jupyterlab/galata';

import { Editor } from './editorpage';
import { Files, JOB_TIMEOUT, JobTab, picture, violations } from './pages';

test.setTimeout(2 * JOB_TIMEOUT);

test('environments are frozen with the draft, and shown with their packages', async ({
  page,
  tmpPath
}, info) => {
  const files = new Files(page);
  await files.upload('grid', tmpPath);
  await files.choose('grid.orchest', 'Run as job…');
  const editor = new Editor(page);
  await expect(editor.name).toBeVisible();
  const section = editor.section('Environments');
  const state = section.getByRole('status');
  await expect(state).toHaveText('frozen', { timeout: JOB_TIMEOUT });
  await expect(section).toContainText('(python3)');

  const packages = section.locator('details', { hasText: 'packages' });
  await packages.locator('summary').click();
  await section.getByLabel('Filter packages').fill('jupyter_server');
  await expect(
    section.getByRole('rowheader', { name: /^jupyter.server$/i })
  ).toBeVisible();
  const lock = section.getByRole('link', { name: 'Download lock' });
  const text = await page.request.get((await lock.getAttribute('href')) ?? '');
  expect(await text.text()).toMatch(/^jupyter[-_]server==/m);

  for (const theme of ['light', 'dark']) {
    if (theme === 'dark') {
      await page.theme.setDarkTheme();
    }
    await section.scrollIntoViewIfNeeded();
    await picture(page, info, `environments-${theme}`);
    expect(await violations(page, '.jp-OrchestJobs-editor')).toEqual([]);
  }
  await page.theme.setLightTheme();

  const freeze = section.getByLabel('Freeze the environments of this job');
  await freeze.uncheck();
  await expect(state).toHaveText('not frozen');
  await freeze.check();
  await expect(state).toHaveText('frozen', { timeout: JOB_TIMEOUT });

  await editor.button(/^Run job/).click();
  const tab = page.getByRole('tab', { name: 'Snapshot & environment' });
  await expect(tab).toBeVisible({ timeout: JOB_TIMEOUT });
  await tab.click();
  const pane = page.getByRole('tabpanel').filter({ visible: true }).last();
  await expect(pane.getByRole('status')).toHaveText('frozen');
  await picture(page, info, 'environments-job');
});
