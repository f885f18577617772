/** What a user sees and does, so that the journeys read like a story. */

import { execFile } from 'node:child_process';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import { expect, IJupyterLabPageFixture } from '@jupyterlab/galata';
import { FrameLocator, Locator, TestInfo } from '@playwright/test';

const PROJECTS = join(__dirname, '..', 'projects');
/** Kernels of a busy machine take their time. */
export const JOB_TIMEOUT = 60_000;

/** The file browser, with a project of ours in it. */
export class Files {
  constructor(private readonly page: IJupyterLabPageFixture) {}

  /** Bring a project to the server; the first time in a test, its list of jobs is empty. */
  async upload(project: string, folder: string): Promise<void> {
    if (!cleared.has(this.page)) {
      cleared.add(this.page);
      await clearJobs(this.page);
    }
    await this.page.contents.uploadDirectory(
      join(PROJECTS, project),
      `${folder}/${project}`
    );
    await this.page.filebrowser.openDirectory(`${folder}/${project}`);
  }

  /** Open the context menu of a file. */
  async openMenu(file: string): Promise<void> {
    await this.page
      .locator('.jp-DirListing-item')
      .filter({ has: this.page.getByText(file, { exact: true }) })
      .click({ button: 'right' });
  }

  /** Choose from the context menu of a pipeline, a notebook or a script. */
  async choose(file: string, item: string): Promise<void> {
    await this.openMenu(file);
    await this.page.getByRole('menuitem', { name: item, exact: true }).click();
  }

  async runAsJob(pipeline: string): Promise<void> {
    await this.choose(pipeline, 'Run as job');
  }
}

/** Tests that have begun with an empty list. */
const cleared = new WeakSet<IJupyterLabPageFixture>();

/** Delete the jobs of earlier tests. */
async function clearJobs(page: IJupyterLabPageFixture): Promise<void> {
  const api = 'jupyter-orchest-jobs/jobs';
  await expect(async () => {
    const answer = await page.request.get(`${api}?limit=500`);
    const { items } = (await answer.json()) as {
      items: { id: string; status: string; cancel_requested: boolean }[];
    };
    for (const { id, status, cancel_requested } of items) {
      const gone = await page.request.delete(`${api}/${id}`);
      if (!gone.ok() && status !== 'draft' && !cancel_requested) {
        await page.request.post(`${api}/${id}/cancel`);
      }
    }
    expect(items).toEqual([]);
  }).toPass({ timeout: JOB_TIMEOUT });
}

/** The Jobs sidebar. */
export class JobsPanel {
  constructor(private readonly page: IJupyterLabPageFixture) {}

  get root(): Locator {
    return this.page.locator('#jp-orchest-jobs');
  }

  async open(): Promise<void> {
    await expect(
      this.page.locator('.lm-TabBar-tab[data-id="jp-orchest-jobs"]')
    ).toBeVisible();
    await this.page.sidebar.openTab('jp-orchest-jobs');
  }

  /** The newest job of this name. */
  job(name: string): Locator {
    return this.jobs.filter({ hasText: name }).first();
  }

  /** The jobs that can be seen. */
  get jobs(): Locator {
    return this.root.locator('[role="treeitem"][data-job-id]');
  }

  /** All that is listed: it has the focus for all of it. */
  get tree(): Locator {
    return this.root.getByRole('tree');
  }

  /** Choose from the context menu of a job. */
  async choose(name: string, item: string): Promise<void> {
    await this.job(name).click({ button: 'right' });
    await this.page.getByRole('menuitem', { name: item, exact: true }).click();
  }

  /** Wait until a job has come to this state. */
  async expectEnd(name: string, status: string, runs: string): Promise<void> {
    const job = this.job(name);
    await expect(job).toContainText(status, { timeout: JOB_TIMEOUT });
    await expect(job).toContainText(runs);
  }
}

/** The tab of a job. */
export class JobTab {
  constructor(private readonly page: IJupyterLabPageFixture) {}

  get root(): Locator {
    return this.page.locator('[id^="jp-orchest-job-"]:visible');
  }

  get header(): Locator {
    return this.root.locator('.jp-OrchestJobs-header');
  }

  get grid(): Locator {
    return this.root.getByRole('grid', { name: 'Pipeline runs' });
  }

  button(name: string): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }

  /** The rows of runs, without the head. */
  get runs(): Locator {
    return this.grid.locator('[data-run-id]');
  }
}

/** The tab of a run. */
export class RunTab {
  constructor(private readonly page: IJupyterLabPageFixture) {}

  get root(): Locator {
    return this.page.locator('[id^="jp-orchest-run-"]:visible');
  }

  get header(): Locator {
    return this.root.locator('.jp-OrchestJobs-header');
  }

  button(name: string): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }

  /** A step in the drawing. */
  step(title: string): Locator {
    return this.root
      .getByRole('group', { name: 'Steps of the pipeline' })
      .locator('[data-step]')
      .filter({ has: this.page.getByText(title, { exact: true }) });
  }

  /** Show the step looked at under another tab: its log, say. */
  async show(tab: string): Promise<void> {
    await this.root.getByRole('tab', { name: tab }).click();
  }

  /** The page of the notebook, in its sandbox. */
  get sandbox(): Locator {
    return this.root.frameLocator('iframe').locator('iframe');
  }

  get log(): Locator {
    return this.root.getByRole('region', { name: /^Log of/ });
  }

  /** Open the executed notebook of the step looked at. */
  async openNotebook(): Promise<NotebookTab> {
    await this.show('Notebook');
    await this.root.getByRole('button', { name: 'Open in tab' }).click();
    return new NotebookTab(this.page);
  }
}

/** The tab of a rendered notebook. */
export class NotebookTab {
  constructor(private readonly page: IJupyterLabPageFixture) {}

  get frame(): Locator {
    return this.page
      .locator('[id^="jp-orchest-notebook-"]:visible')
      .frameLocator('iframe')
      .locator('iframe');
  }

  get contents(): FrameLocator {
    return this.frame.contentFrame();
  }
}

/** Bring a tab of the main area to the front. */
export async function showTab(
  page: IJupyterLabPageFixture,
  name: string
): Promise<void> {
  const tab = page
    .locator('#jp-main-dock-panel')
    .getByRole('tab', { name, exact: true });
  await tab.click();
  await expect(tab).toHaveAttribute('aria-selected', 'true');
}

/** Answer a question. */
export async function answer(
  page: IJupyterLabPageFixture,
  label: string
): Promise<void> {
  await page
    .getByRole('dialog')
    .getByRole('button', { name: label, exact: true })
    .click();
}

/** Run a pipeline from a shell, as another process on the same state directory. */
export async function runFromShell(
  page: IJupyterLabPageFixture,
  project: string,
  name: string
): Promise<void> {
  const answer = await page.request.get('jupyter-orchest-jobs/server');
  const { state_dir } = (await answer.json()) as { state_dir: string };
  const folder = await mkdtemp(join(tmpdir(), 'orchest-jobs-shell-'));
  await cp(join(PROJECTS, project), folder, { recursive: true });
  await new Promise<void>((resolve, reject) => {
    execFile(
      'jupyter',
      [
        'orchest-jobs',
        'run',
        join(folder, `${project}.orchest`),
        '--name',
        name,
        '--state-dir',
        state_dir
      ],
      error => (error === null ? resolve() : reject(error))
    );
  });
}

/** Keep what the page looks like, for people to look at. */
export async function picture(
  page: IJupyterLabPageFixture,
  info: TestInfo,
  name: string
): Promise<void> {
  await page.screenshot({ path: info.outputPath(`${name}.png`) });
}

/** What axe has to say about nodes of ours; rendered notebooks, in frames, are nbconvert's. */
export async function violations(
  page: IJupyterLabPageFixture,
  selector: string
): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .include(selector)
    .analyze();
  return found.flatMap(rule =>
    rule.nodes
      .filter(node => node.target.length === 1)
      .map(node => `${rule.id}: ${node.html.slice(0, 200)}`)
  );
}
