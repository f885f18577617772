/** Some steps of an open pipeline, run to see how they go. */

import { expect, test } from '@jupyterlab/galata';

import { JOB_TIMEOUT, picture, RunTab, violations } from './pages';
import { PipelineTab } from './pipelinepage';

test.setTimeout(3 * JOB_TIMEOUT);

const FILES = {
  'load.py': 'import orchest; orchest.output(20, "rows")',
  'double.py':
    'import orchest; orchest.output(2 * orchest.get_inputs()["rows"], "sum")',
  'show.py': 'import orchest; print("sum", orchest.get_inputs()["sum"])',
  'other.py': 'raise SystemExit("not to be run")'
};
const NAMES = Object.keys(FILES).map(name => name.slice(0, -3));
const PIPELINE = {
  name: 'Quick',
  uuid: '3c1d6a52-2f0e-4c77-9d3f-5f1f6f0d7b01',
  version: '1.2.3',
  settings: {},
  parameters: {},
  services: {},
  steps: Object.fromEntries(
    NAMES.map((name, index) => [
      name,
      {
        uuid: name,
        title: name,
        file_path: `${name}.py`,
        incoming_connections: index === 0 ? [] : [NAMES[index - 1]],
        parameters: {},
        environment: '',
        kernel: { name: 'python', display_name: 'Python 3' },
        meta_data: {
          position: [60 + 40 * index, 60 + 100 * index],
          hidden: false
        }
      }
    ])
  )
};

test('chosen steps are run from the editor, and their states are on the canvas', async ({
  page,
  tmpPath
}, info) => {
  for (const [name, text] of Object.entries(FILES)) {
    await page.contents.uploadContent(text, 'text', `${tmpPath}/${name}`);
  }
  const path = `${tmpPath}/quick.orchest`;
  await page.contents.uploadContent(JSON.stringify(PIPELINE), 'text', path);
  await page.filebrowser.openDirectory(tmpPath);
  await page.locator('.jp-DirListing-item', { hasText: 'quick' }).dblclick();
  const tab = new PipelineTab(page);
  await expect(tab.steps).toHaveCount(4);
  // With less room, all of them stay in view.
  await page.setViewportSize({ width: 700, height: 500 });
  for (const step of await tab.steps.all()) {
    await expect(step).toBeInViewport({ ratio: 0.99 });
  }
  await picture(page, info, 'narrow');
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(
    page.locator('jp-button:visible[title*="(no step is selected)"]')
  ).toHaveCount(1);
  const bar = tab.root.getByRole('region', { name: 'Quick run' });
  const act = async (step: string, name: string) => {
    await tab.step(step).click({ button: 'right' });
    await page.getByRole('menuitem', { name }).click();
  };

  // The last of three steps alone misses its data, and says what to do.
  await act('show', 'Run selected steps');
  await expect(bar).toContainText('Run up to this step instead', {
    timeout: JOB_TIMEOUT
  });
  await expect(tab.step('show')).toContainText('Failed');
  await picture(page, info, 'failed-light');
  expect(await violations(page, '.jp-OrchestJobs-pipelineTab')).toEqual([]);

  await act('double', 'Run up to here');
  await expect(bar).toContainText('Quick run succeeded.', {
    timeout: JOB_TIMEOUT
  });
  await expect(tab.step('load')).toContainText('Succeeded');
  await expect(tab.step('double')).toContainText('Succeeded');
  await expect(tab.step('show')).toContainText('show.py');
  await expect(tab.step('other')).toContainText('other.py');
  await picture(page, info, 'succeeded-light');
  await page.theme.setDarkTheme();
  await picture(page, info, 'succeeded-dark');
  expect(await violations(page, '.jp-OrchestJobs-pipelineTab')).toEqual([]);

  // Two of four; with the keyboard, and with the data of before.
  await tab.step('double').click();
  await tab.step('show').click({ modifiers: ['Control'] });
  await page.keyboard.press('r');
  await expect(tab.step('load')).not.toContainText('Succeeded');
  await expect(bar).toContainText('Quick run succeeded.', {
    timeout: JOB_TIMEOUT
  });
  await expect(tab.step('double')).toContainText('Succeeded');
  await expect(tab.step('show')).toContainText('Succeeded');
  await tab.step('show').click();
  await bar.getByRole('button', { name: 'Open run' }).click();
  const run = new RunTab(page);
  await run.show('Log');
  await expect(run.log).toContainText('sum 40');
  await picture(page, info, 'run-dark');

  // It comes back with the pipeline, until it is cleared.
  await page.activity.activateTab('quick.orchest');
  await tab.reopen('quick.orchest');
  await expect(bar).toContainText('Quick run succeeded.');
  await expect(tab.step('show')).toContainText('Succeeded');
  await bar.getByRole('button', { name: 'Clear' }).click();
  await expect(bar).toHaveCount(0);
  await expect(tab.step('show')).toContainText('show.py');
  await tab.reopen('quick.orchest');
  await expect(tab.step('show')).toContainText('show.py');

  // None of it is a job in the list.
  const answer = await page.request.get('jupyter-orchest-jobs/jobs');
  const { items } = (await answer.json()) as { items: { name: string }[] };
  expect(items.filter(({ name }) => name === 'Quick')).toEqual([]);
});
