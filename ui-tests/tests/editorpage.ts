/** The editor of a draft, as a user sees it. */

import { expect, IJupyterLabPageFixture } from '@jupyterlab/galata';
import { Locator } from '@playwright/test';

export class Editor {
  constructor(private readonly page: IJupyterLabPageFixture) {}

  get root(): Locator {
    return this.page.locator('.jp-OrchestJobs-editor:visible');
  }

  get name(): Locator {
    return this.root.getByLabel('Job name');
  }

  get saving(): Locator {
    return this.root.locator('.jp-OrchestJobs-saving');
  }

  button(name: string | RegExp): Locator {
    return this.root.getByRole('button', { name });
  }

  section(title: string): Locator {
    return this.root.getByRole('region', { name: title, exact: true });
  }

  parameter(scope: string, name: string): Locator {
    return this.section(scope).getByRole('group', {
      name: `Parameter ${name}`,
      exact: true
    });
  }

  /** The values of a parameter as they are shown. */
  async expectValues(
    scope: string,
    name: string,
    values: string[]
  ): Promise<void> {
    await expect(
      this.parameter(scope, name).locator('[data-index]')
    ).toHaveText(values);
  }

  /** The text field of the value that is open. */
  get field(): Locator {
    return this.root.locator('.jp-OrchestJobs-valueEditor .cm-content');
  }

  /** Write a value in the place of the one that is open. */
  async write(text: string): Promise<void> {
    await expect(this.field).toBeFocused();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.insertText(text);
  }

  async keep(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+Enter');
  }

  /** The section that lists the combinations. */
  get runs(): RunsSection {
    return new RunsSection(this.section('Pipeline runs'));
  }

  async addValue(scope: string, name: string, text: string): Promise<void> {
    await this.parameter(scope, name)
      .getByRole('button', { name: `Add a value to ${name}` })
      .click();
    await this.write(text);
    await this.keep();
  }

  async changeValue(
    scope: string,
    name: string,
    place: number,
    text: string
  ): Promise<void> {
    const value = this.parameter(scope, name).locator(
      `[data-index="${place}"]`
    );
    await value.click();
    await this.write(text);
    await this.keep();
  }

  async addParameter(
    scope: string,
    name: string,
    text: string
  ): Promise<void> {
    await this.section(scope)
      .getByRole('button', { name: /Add a parameter/ })
      .click();
    await this.page.keyboard.insertText(name);
    await this.page.keyboard.press('Enter');
    await this.write(text);
    await this.keep();
  }

  async expectSaved(): Promise<void> {
    await expect(this.saving).toHaveText(/^(Autosaved|All changes are saved)/);
  }
}

/** The combinations of a draft, each with its box. */
export class RunsSection {
  constructor(readonly root: Locator) {}

  get grid(): Locator {
    return this.root.getByRole('grid', { name: 'Combinations' });
  }

  get count(): Locator {
    return this.root.locator('.jp-OrchestJobs-count');
  }

  get filter(): Locator {
    return this.root.getByLabel('Filter pipeline runs');
  }

  /** Whether a run is included. */
  box(run: number): Locator {
    return this.grid.getByRole('checkbox', {
      name: `Include run ${run.toLocaleString('en')}`,
      exact: true
    });
  }

  button(name: string): Locator {
    return this.root.getByRole('button', { name });
  }
}
