/** From other files to pipelines. */

import { expect, IJupyterLabPageFixture, test } from '@jupyterlab/galata';

const item = (page: IJupyterLabPageFixture, name: string) =>
  page.locator('.jp-DirListing-item', {
    has: page.getByText(name, { exact: true })
  });

/** What a file of the server means as JSON. */
async function documentOf(page: IJupyterLabPageFixture, path: string) {
  const answer = await page.request.get(`api/contents/${path}?format=text`);
  const { content } = (await answer.json()) as { content: string };
  return JSON.parse(content);
}

/** A node of a file of Elyra. */
function elyraNode(id: string, filename: string, before: string[] = []) {
  return {
    id,
    type: 'execution_node',
    op: 'execute-python-node',
    app_data: {
      component_parameters: {
        filename,
        runtime_image: 'pandas:1.4',
        env_vars: [{ env_var: 'RATE', value: '0.1' }]
      },
      label: '',
      ui_data: { label: filename, x_pos: 100, y_pos: 200 }
    },
    inputs: [
      {
        id: 'inPort',
        links: before.map(node_id_ref => ({ node_id_ref, port_id_ref: 'o' }))
      }
    ],
    outputs: [{ id: 'outPort' }]
  };
}

test('files that are selected become a chain', async ({
  page,
  tmpPath
}, testInfo) => {
  for (const name of ['10 plot.py', '2 train.py', '1 get.sh', 'notes.md']) {
    await page.contents.uploadContent('', 'text', `${tmpPath}/${name}`);
  }
  await page.filebrowser.openDirectory(tmpPath);
  const entry = page.getByRole('menuitem', { name: 'New pipeline from files' });

  await item(page, 'notes.md').click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeVisible();
  await expect(entry).toHaveCount(0);
  await page.keyboard.press('Escape');

  await item(page, '10 plot.py').click();
  for (const name of ['2 train.py', '1 get.sh']) {
    await item(page, name).click({ modifiers: ['Control'] });
  }
  await item(page, '2 train.py').click({ button: 'right' });
  await page.screenshot({ path: testInfo.outputPath('menu.png') });
  await entry.click();
  await expect(
    page.locator('.lm-TabBar-tab', { hasText: 'pipeline.orchest' })
  ).toBeVisible();

  const { steps } = await documentOf(page, `${tmpPath}/pipeline.orchest`);
  const [get, train, plot] = Object.values<{
    uuid: string;
    file_path: string;
    incoming_connections: string[];
  }>(steps);
  expect([get, train, plot].map(step => step.file_path)).toEqual([
    '1 get.sh',
    '2 train.py',
    '10 plot.py'
  ]);
  expect(get.incoming_connections).toEqual([]);
  expect(train.incoming_connections).toEqual([get.uuid]);
  expect(plot.incoming_connections).toEqual([train.uuid]);

  await item(page, '1 get.sh').click();
  await item(page, '1 get.sh').click({ button: 'right' });
  await entry.click();
  await expect(item(page, 'pipeline-2.orchest')).toBeVisible();
});

test('a pipeline of Elyra is imported, and what is otherwise is told', async ({
  page,
  tmpPath
}, testInfo) => {
  const flow = {
    doc_type: 'pipeline',
    version: '3.0',
    primary_pipeline: 'primary',
    pipelines: [
      {
        id: 'primary',
        nodes: [
          elyraNode('a', 'get.py'),
          elyraNode('b', 'train.py', ['a']),
          { ...elyraNode('c', ''), op: 'catalog:1' }
        ],
        app_data: { version: 8, properties: { name: 'weather' } }
      }
    ]
  };
  const upload = (text: string, name: string) =>
    page.contents.uploadContent(text, 'text', `${tmpPath}/${name}`);
  await upload(JSON.stringify(flow), 'weather.pipeline');
  await upload('{}', 'other.pipeline');
  await page.filebrowser.openDirectory(tmpPath);
  const imported = async (name: string) => {
    await item(page, name).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Import Elyra pipeline' }).click();
  };

  await imported('weather.pipeline');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('with 2 steps');
  await expect(dialog).toContainText('pandas:1.4 is not used');
  await expect(dialog).toContainText('became parameters: RATE');
  await page.screenshot({ path: testInfo.outputPath('imported.png') });
  await page.theme.setDarkTheme();
  await page.screenshot({ path: testInfo.outputPath('imported-dark.png') });
  await page.getByRole('button', { name: 'Close' }).click();
  const { name, steps } = await documentOf(page, `${tmpPath}/weather.orchest`);
  const [get, train] = Object.values<{
    uuid: string;
    incoming_connections: string[];
    parameters: object;
  }>(steps);
  expect(name).toBe('weather');
  expect(train.incoming_connections).toEqual([get.uuid]);
  expect(get.parameters).toEqual({ RATE: '0.1' });

  await imported('other.pipeline');
  await expect(dialog).toContainText('The file is no pipeline of Elyra.');
});

test('a copy of a pipeline is offered a UUID of its own', async ({
  page,
  tmpPath
}) => {
  const uuid = '0915b350-b929-4cbd-b0d4-763cac0bb69f';
  const text = JSON.stringify({ name: 'p', steps: {}, uuid }, null, 4);
  for (const name of ['a.orchest', 'b.orchest']) {
    await page.contents.uploadContent(text, 'text', `${tmpPath}/${name}`);
  }
  await page.filebrowser.openDirectory(tmpPath);
  await item(page, 'b.orchest').dblclick();
  await expect(page.getByText('has the same UUID as')).toBeVisible();
  await page.getByRole('button', { name: 'Give it its own' }).click();
  await expect(async () => {
    const copy = await documentOf(page, `${tmpPath}/b.orchest`);
    expect(copy.uuid).not.toBe(uuid);
  }).toPass();
  expect((await documentOf(page, `${tmpPath}/a.orchest`)).uuid).toBe(uuid);
});
