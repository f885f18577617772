/** A server as users have them: behind a path, with a token, and not always there. */

import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, Page, test } from '@playwright/test';

import { OwnServer, STARTED } from './server';

const PROJECTS = join(__dirname, '..', 'projects');
const PORT = Number(process.env.JP_TEST_PORT ?? 8899) + 1000;
const BASE = `http://127.0.0.1:${PORT}/user/ada/`;
const TOKEN = 'a-token-of-the-tests';

test.setTimeout(3 * STARTED);
test.use({ actionTimeout: 20_000 });

let folder: string;
let server: OwnServer;

test.beforeAll(async () => {
  test.setTimeout(3 * STARTED);
  folder = await mkdtemp(join(tmpdir(), 'orchest-jobs-own-'));
  await cp(join(PROJECTS, 'quick'), join(folder, 'root', 'quick'), {
    recursive: true
  });
  server = new OwnServer(folder, PORT, [
    '--ServerApp.base_url=/user/ada/',
    `--IdentityProvider.token=${TOKEN}`
  ]);
  await server.start(`${BASE}api/status?token=${TOKEN}`);
});

test.afterAll(async () => {
  await server.stop();
  await server.clear();
});

/** As a user does it: by the context menu of the file browser. */
async function runAsJob(page: Page): Promise<void> {
  await page.locator('[data-file-type="orchest"]').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Run as job', exact: true }).click();
}

test('a token, a path before everything, and a restart while the page is open', async ({
  page
}, info) => {
  const refused: string[] = [];
  page.on('response', response => {
    const ours = response.url().includes('jupyter-orchest-jobs');
    if (ours && response.status() >= 400) {
      refused.push(`${response.status()} ${response.url()}`);
    }
  });
  await page.goto(`${BASE}lab?token=${TOKEN}`);
  const tab = page.locator('.lm-TabBar-tab[data-id="jp-orchest-jobs"]');
  await expect(tab).toBeVisible({ timeout: STARTED });
  await page.locator('.jp-DirListing-item', { hasText: 'quick' }).dblclick();
  await runAsJob(page);
  const jobs = page.locator('#jp-orchest-jobs');
  const job = jobs.getByRole('treeitem', { name: /Quick/ });
  await expect(job).toContainText('Succeeded', { timeout: STARTED });
  await expect(jobs.getByRole('treeitem').first()).toContainText('quick');
  await job.click();
  const runs = page.getByRole('grid', { name: 'Pipeline runs' });
  await expect(runs.locator('[data-run-id]')).toHaveCount(1);
  expect(refused).toEqual([]);

  await server.stop();
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(jobs).toContainText('The Jupyter server doesn’t answer', {
    timeout: STARTED
  });
  // What was there can still be seen.
  await expect(job).toContainText('Succeeded');
  await page.screenshot({ path: info.outputPath('away.png') });
  await server.start(`${BASE}api/status?token=${TOKEN}`);
  await expect(jobs).not.toContainText('doesn’t answer', { timeout: STARTED });

  // Lab's own dialog, which says the same of Lab.
  const dialog = page.getByRole('dialog');
  if (await dialog.isVisible()) {
    await dialog.getByRole('button', { name: 'Close' }).click();
  }

  // As good as before, without reload: a job runs, and the list is live.
  await page.locator('.lm-TabBar-tab[data-id="filebrowser"]').click();
  await runAsJob(page);
  await expect(job).toHaveCount(2, { timeout: STARTED });
  await expect(job.first()).toContainText('Succeeded', { timeout: STARTED });

  // And a reload shows what was shown.
  await page.waitForTimeout(2000); // Lab keeps its layout with a delay.
  await page.reload();
  await expect(jobs).toBeVisible({ timeout: STARTED });
  await expect(job).toHaveCount(2);
  await expect(runs.locator('[data-run-id]')).toHaveCount(1);
});
