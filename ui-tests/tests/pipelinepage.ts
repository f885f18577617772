/** The editor of pipelines, as a user sees it. */

import { expect, IJupyterLabPageFixture } from '@jupyterlab/galata';
import { Locator } from '@playwright/test';

export class PipelineTab {
  constructor(private readonly page: IJupyterLabPageFixture) {}

  get root(): Locator {
    return this.page.locator('.jp-OrchestJobs-pipelineTab:visible');
  }

  get canvas(): Locator {
    return this.root.getByRole('group', { name: /^Steps of the pipeline/ });
  }

  get steps(): Locator {
    return this.canvas.locator('[data-step]');
  }

  get edges(): Locator {
    return this.canvas.locator('.react-flow__edge');
  }

  step(title: string): Locator {
    return this.steps.filter({
      has: this.page.getByText(title, { exact: true })
    });
  }

  tool(name: string): Locator {
    return this.page
      .locator('.jp-MainAreaWidget:visible > .jp-Toolbar')
      .getByRole('button', { name });
  }

  async show(tab: string): Promise<void> {
    await this.root.getByRole('tab', { name: tab }).click();
  }

  field(label: string): Locator {
    return this.root.getByLabel(label, { exact: true });
  }

  /** Close the tab, which is in front, and open its file again from the file browser. */
  async reopen(file: string): Promise<void> {
    await this.page.menu.clickMenuItem('File>Close Tab');
    await expect(this.root).toHaveCount(0);
    await this.page
      .locator('.jp-DirListing-item', { hasText: file })
      .dblclick();
  }

  /** Drag files of the file browser to a place of the canvas, from its upper left corner. */
  async drop(file: string, x: number, y: number): Promise<void> {
    const box = await this.canvas.boundingBox();
    const item = this.page.locator('.jp-DirListing-item', { hasText: file });
    await item.hover();
    await this.page.mouse.down();
    await this.page.mouse.move((box?.x ?? 0) + x - 20, (box?.y ?? 0) + y);
    await this.page.mouse.move((box?.x ?? 0) + x, (box?.y ?? 0) + y);
    await this.page.mouse.up();
  }

  /** Draw a connection from the right of one step to the left of another. */
  async connect(from: string, to: string): Promise<void> {
    const handle = (title: string, kind: 'source' | 'target') =>
      this.canvas
        .locator('.react-flow__node', {
          has: this.page.getByText(title, { exact: true })
        })
        .locator(`.react-flow__handle.${kind}`);
    await handle(from, 'source').hover();
    await this.page.mouse.down();
    await handle(to, 'target').hover();
    await this.page.mouse.up();
  }

  /** Replace the JSON in the field that is shown. */
  async writeJson(text: string): Promise<void> {
    const editor = this.root.locator('.jp-OrchestJobs-json .cm-content');
    await editor.click();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.insertText(text);
  }
}

/** A file of the server, as text. */
export async function textOf(
  page: IJupyterLabPageFixture,
  path: string
): Promise<string> {
  const answer = await page.request.get(
    `api/contents/${path}?format=text&type=file`
  );
  const { content } = (await answer.json()) as { content: string };
  return content;
}

/** Bring notebooks of one cell to a folder. */
export async function uploadNotebooks(
  page: IJupyterLabPageFixture,
  folder: string,
  names: readonly string[]
): Promise<void> {
  for (const name of names) {
    const notebook = {
      cells: [
        {
          cell_type: 'code',
          id: 'a',
          execution_count: null,
          metadata: {},
          outputs: [],
          source:
            'import orchest\nprint(orchest.get_pipeline_param("rows", 0), orchest.get_step_param("depth", 0))'
        }
      ],
      metadata: {
        kernelspec: {
          display_name: 'Python 3',
          language: 'python',
          name: 'python3'
        }
      },
      nbformat: 4,
      nbformat_minor: 5
    };
    expect(
      await page.contents.uploadContent(
        JSON.stringify(notebook),
        'text',
        `${folder}/${name}.ipynb`
      )
    ).toBe(true);
  }
}
