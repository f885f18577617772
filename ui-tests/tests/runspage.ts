/** The tables of runs as a user sees them, and a job with ten thousand runs in them. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, IJupyterLabPageFixture } from '@jupyterlab/galata';
import { Locator } from '@playwright/test';

import { Files } from './pages';

const API = 'jupyter-orchest-jobs';
const run = promisify(execFile);

/** A job of the project `sweep` whose 10,000 runs have all been executed; its name. */
export async function seedJob(
  page: IJupyterLabPageFixture,
  folder: string
): Promise<string> {
  const name = `Sweep ${Date.now()}`;
  await new Files(page).upload('sweep', folder);
  const created = await page.request.post(`${API}/jobs`, {
    data: {
      pipeline_path: `${folder}/sweep/sweep.orchest`,
      name,
      policies: { keep_runs: null }
    }
  });
  expect(created.status()).toBe(201);
  const { id } = (await created.json()) as { id: string };
  const job = () => page.request.get(`${API}/jobs/${id}`);
  await expect
    .poll(async () => (await (await job()).json()).snapshot.status)
    .toBe('ready');
  const server = await page.request.get(`${API}/server`);
  const { state_dir } = (await server.json()) as { state_dir: string };
  await run('python', [join(__dirname, '..', 'seed.py'), state_dir, id]);
  await expect
    .poll(async () => (await (await job()).json()).status, { timeout: 60_000 })
    .toBe('failed');
  return name;
}

/** A table of runs with its filter and buttons. */
export class RunsTable {
  constructor(
    private readonly page: IJupyterLabPageFixture,
    private readonly name = 'Pipeline runs'
  ) {}

  get root(): Locator {
    return this.page.locator('.jp-OrchestJobs-tab:visible');
  }

  get grid(): Locator {
    return this.root.getByRole('grid', { name: this.name });
  }

  /** The rows that are drawn, without the head. */
  get rows(): Locator {
    return this.grid.locator('[data-run-id]');
  }

  get selected(): Locator {
    return this.grid.locator('[data-run-id][aria-selected="true"]');
  }

  row(number: number): Locator {
    return this.grid.locator(`[role="row"][data-index="${number - 1}"]`);
  }

  get count(): Locator {
    return this.root.locator('.jp-OrchestJobs-count');
  }

  get filter(): Locator {
    return this.root.getByRole('combobox', { name: 'Filter the runs' });
  }

  chip(label: string): Locator {
    return this.root.getByRole('button', {
      name: `Remove the filter ${label}`
    });
  }

  button(name: string): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }

  /** What is done with the selected runs. */
  act(name: string): Locator {
    return this.root
      .getByRole('group', { name: 'Selected runs' })
      .getByRole('button', { name, exact: true });
  }

  tab(name: string): Locator {
    return this.root.getByRole('tab', { name, exact: true });
  }

  head(name: string): Locator {
    return this.grid.getByRole('columnheader', { name, exact: true });
  }

  async sortBy(name: string): Promise<void> {
    await this.head(name).getByRole('button').click();
  }

  /** The texts of a column in the rows that are drawn, from the top. */
  async texts(kind: string): Promise<string[]> {
    return this.grid.evaluate(
      (grid, kind) =>
        [...grid.querySelectorAll<HTMLElement>('[data-run-id]')]
          .sort((a, b) => Number(a.dataset.index) - Number(b.dataset.index))
          .map(
            row => row.querySelector(`[data-kind="${kind}"]`)?.textContent ?? ''
          ),
      kind
    );
  }

  /**
   * Scroll by a bit more than a row per frame, as a wheel does.
   *
   * @returns of every frame: milliseconds of the page's own thread for script, style and layout.
   */
  async scrollFrames(frames: number, pixels: number): Promise<number[]> {
    const session = await this.page.context().newCDPSession(
      this.page.context().pages()[0] // The page as Playwright knows it.
    );
    // Time of the thread, not of the clock: other processes don't count.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const spent = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics
        .filter(({ name }) =>
          ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'].includes(
            name
          )
        )
        .reduce((sum, { value }) => sum + 1_000 * value, 0);
    };
    const works: number[] = [];
    for (let frame = 0; frame < frames; frame += 1) {
      const before = await spent();
      await this.grid.evaluate(
        (grid, pixels) =>
          new Promise<void>(resolve => {
            grid.scrollTop += pixels;
            // The scroll event comes with the next frame, its effects in the one after it.
            requestAnimationFrame(() =>
              requestAnimationFrame(() => setTimeout(resolve))
            );
          }),
        pixels
      );
      works.push((await spent()) - before);
    }
    await session.detach();
    return works;
  }
}

/** The value below which this share of the others lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
