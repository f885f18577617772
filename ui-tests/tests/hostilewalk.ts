/** A walk through all of JupyterLab where texts of others are shown. */

import { expect, Locator, Page } from '@playwright/test';

import { FILES, STEPS } from './hostile';
import { FOLDER, HostileServer } from './hostileserver';
import { all, BANK, lines } from './payloads';
import { STARTED } from './server';
import { provoke, saidBy, showing } from './watch';

export class Walk {
  constructor(
    private readonly _tab: Page,
    private readonly _server: HostileServer
  ) {}

  /** What is in front. */
  get main(): Locator {
    return this._tab.locator('#jp-main-dock-panel .jp-MainAreaWidget:visible');
  }

  get dialog(): Locator {
    return this._tab.getByRole('dialog');
  }

  get panel(): Locator {
    return this._tab.locator('#jp-orchest-jobs');
  }

  /** Execute a command of JupyterLab; one that asks something ends only after the answer. */
  async execute(name: string, args: object, asks = false): Promise<void> {
    await this._tab.evaluate(
      ([name, args, asks]) => {
        const { commands } = (window as any).jupyterapp;
        const done = commands.execute(name, args).then(() => null);
        return asks ? null : done;
      },
      [name, args, asks] as const
    );
  }

  /** Wait until these places have been shown after an act; all that is folded is opened. */
  async see(
    places: readonly string[],
    act: () => Promise<unknown>
  ): Promise<void> {
    await showing(this._tab, places, act, () => this._unfold());
  }

  /** Show a part of what is in front. */
  async part(name: string | RegExp, places: readonly string[]): Promise<void> {
    await this.see(places, () =>
      // Texts of this length may push it out of sight.
      this.main.getByRole('tab', { name }).dispatchEvent('click')
    );
  }

  private async _unfold(): Promise<void> {
    await this._tab.evaluate(() =>
      document
        .querySelectorAll<HTMLDetailsElement>('#jp-main-dock-panel details')
        .forEach(details => (details.open = true))
    );
  }

  /** Close what has been opened, so that it doesn't slow down the rest. */
  async close(): Promise<void> {
    await this.execute('application:close-all', {});
  }

  async jobs(): Promise<void> {
    await this.see(['job', 'project'], () =>
      this.execute('orchest-jobs:show-jobs', {})
    );
  }

  async job(): Promise<void> {
    const { job } = this._server;
    await this.see(['job', 'metric'], () =>
      this.execute('orchest-jobs:open-job', { id: job })
    );
    await this.see(['metric'], () =>
      this.main.getByRole('button', { name: 'Columns' }).click()
    );
    await this._tab.keyboard.press('Escape');
    await this.part('Matrix', ['title of say.py']);
    await this.part('Parameters', ['parameter', 'value', 'step parameter']);
    await this.part(/^Snapshot/, [
      'kernelspec',
      'package',
      'change',
      'reason',
      'warning',
      'kernel of a notebook'
    ]);
    await this.part('Activity', []);
  }

  async runs(): Promise<void> {
    await this.see(['job'], () => this.execute('orchest-jobs:show-runs', {}));
    await this.see([], () =>
      this.main.getByRole('combobox', { name: 'Filter the runs' }).focus()
    );
  }

  async steps(): Promise<void> {
    const { run } = this._server;
    const open = (step: string) =>
      this.execute('orchest-jobs:open-run', { id: run, step });
    const places = ['job', 'title of say.py', 'message', 'metric', 'output'];
    await this.see([...places, 'error output'], () => open(STEPS.say));
    await this.part('Parameters', ['step parameter', 'key', 'item']);
    await this.part(/^Files/, ['file name']);
    const list = this.main.locator('.jp-OrchestJobs-files');
    for (let top = 0; top < 4_000; top += 100) {
      await list.evaluate((list, top) => (list.scrollTop = top), top);
    }
    await this.see(['title of show.ipynb'], () => open(STEPS.show));
    await this.part('Log', ['output']);
    await this.part('Notebook', []);
    const said = saidBy(this._tab);
    await open(STEPS.leave);
    await said;
    const again = saidBy(this._tab);
    await this.execute('orchest-jobs:open-notebook', {
      run,
      step: STEPS.leave,
      title: all('tab')
    });
    await again;
  }

  async files(): Promise<void> {
    for (const path of Object.keys(FILES)) {
      const places = path.endsWith('.txt') ? ['text of a file'] : [];
      await this.see([...places, 'tab'], () =>
        this.execute('orchest-jobs:open-run-file', {
          run: this._server.run,
          path,
          title: all('tab')
        })
      );
    }
  }

  async notebookView(): Promise<void> {
    const view = '.jp-OrchestJobs-notebookView';
    await this.see(['tab', 'output', 'message', 'raw cell'], () =>
      this.execute('orchest-jobs:open-notebook-view', {
        run: this._server.run,
        step: STEPS.show,
        title: all('tab')
      })
    );
    // Formulas come last.
    await expect(
      this._tab.locator(`${view} mjx-container`).first()
    ).toBeAttached();
    expect(
      await this._tab
        .locator(`${view} [data-commandlinker-command="xss-run"]`)
        .count(),
      'JupyterLab leaves buttons that run its commands'
    ).toBeGreaterThan(0);
    await provoke(this._tab.mainFrame(), view);
    expect(await this.dialog.count(), 'no command asks for leave').toBe(0);
  }

  async pipelineEditor(): Promise<void> {
    const open = (file: string) => () =>
      this.execute('docmanager:open', { path: `${FOLDER}/${file}` });
    await this.see(
      ['title of say.py', 'title of show.ipynb'],
      open('hostile.orchest')
    );
    await this.part('Settings', [
      'pipeline name',
      'parameter',
      'value',
      'title',
      'description'
    ]);
    await this.part(/^Problems/, [
      'title of say.py',
      'pattern',
      'missing parameter'
    ]);
    for (const [name, places] of [
      ['say', ['choice', 'kernelspec']],
      ['show', ['pattern', 'step parameter']],
      ['leave', ['kernelspec']]
    ] as const) {
      const step = this.main.locator(`[data-step="${STEPS[name]}"]`);
      await this.part('Properties', []);
      await this.see(places, () => step.click({ force: true }));
    }
    await this.see(['wrong file'], open('wrong.orchest'));
    await this.part(/^Problems/, [
      'wrong step',
      'nowhere',
      'missing kernel',
      'wrong uuid'
    ]);
    await this.part('Settings', ['wrong name']);
    await this.see([], open('broken.orchest'));
    await this.see(['elyra', 'label', 'node file'], async () => {
      await this.execute(
        'orchest-jobs:import-elyra',
        { path: `${FOLDER}/elyra.pipeline` },
        true
      );
      await this.dialog.getByRole('button', { name: 'Close' }).click();
    });
  }

  async jobEditor(): Promise<void> {
    const draft = await this._server.ask('POST', 'jobs', {
      pipeline_path: `${FOLDER}/hostile.orchest`,
      parameters_file: null,
      name: 'Draft',
      env_variables: { HOSTILE: all('variable') }
    });
    await this.see(
      [
        'parameter',
        'value',
        'step parameter',
        'title of say.py',
        'variable',
        'project'
      ],
      () => this.execute('orchest-jobs:open-job', { id: draft.id })
    );
    const row = this._tab.locator(
      `#jp-orchest-jobs [data-job-id="${draft.id}"]`
    );
    for (const [at, name] of lines('name', 250).entries()) {
      await this._server.ask('PATCH', `jobs/${draft.id}`, { name });
      await expect(row, `name ${at}`).toContainText(name.slice(-25).trim(), {
        timeout: STARTED
      });
    }
    await this.see(['name'], async () => {
      await this.execute('orchest-jobs:delete-job', { id: draft.id }, true);
      await this.dialog.getByRole('button', { name: 'Discard' }).click();
    });
    await expect(row).toHaveCount(0, { timeout: STARTED });
  }

  /** A job that is running, among the kernels that are. */
  async running(): Promise<void> {
    const [name] = lines('running', 250);
    const id = await this._server.wait(name);
    await this._tab.evaluate(() =>
      (window as any).jupyterapp.shell.activateById('jp-running-sessions')
    );
    await expect(this._tab.locator('#jp-running-sessions')).toContainText(
      '¤running¤',
      { timeout: STARTED }
    );
    await this._server.ask('POST', `jobs/${id}/cancel`);
    await this.execute('orchest-jobs:show-jobs', {});
  }

  async messages(): Promise<void> {
    await this.see(['wrong step'], async () => {
      await this.execute(
        'orchest-jobs:run-as-job',
        { path: `${FOLDER}/wrong.orchest` },
        true
      );
      await this.dialog.getByRole('button', { name: 'Close' }).click();
    });
    await this.see(['project'], async () => {
      await this.execute('orchest-jobs:new-job', {}, true);
      await this.dialog.getByRole('combobox').fill(BANK[6]);
      await this.dialog.getByRole('combobox').fill('');
      await this.dialog.getByRole('button', { name: 'Cancel' }).click();
    });
    await this.execute('orchest-jobs:run-as-job', {
      path: `${FOLDER}/short.orchest`
    });
    const told = this._tab.locator('.Toastify__toast--error');
    await expect(told).toContainText('¤notification¤', { timeout: STARTED });
    await this.see(['notification'], () => told.getByText('Open job').click());
    await this.see(['compared', 'one', 'other'], async () => {
      await this.main.getByRole('checkbox').first().click();
      await this.main
        .getByRole('button', { name: 'Compare', exact: true })
        .click();
    });
  }
}
