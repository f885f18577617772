/** The sections of a draft: which runs, when, with which variables and limits. */

import { expect, IJupyterLabPageFixture, test } from '@jupyterlab/galata';
import { Locator, TestInfo } from '@playwright/test';

import { Editor } from './editorpage';
import { Files, JOB_TIMEOUT, JobTab, picture, violations } from './pages';

test.setTimeout(2 * JOB_TIMEOUT);

/** A draft of a project that was brought to the server. */
async function draftOf(
  page: IJupyterLabPageFixture,
  folder: string,
  project: string
): Promise<Editor> {
  const files = new Files(page);
  await files.upload(project, folder);
  await files.choose(`${project}.orchest`, 'Run as job…');
  const editor = new Editor(page);
  await expect(editor.name).toBeVisible();
  return editor;
}

/** What the section looks like in both themes; and what axe says of it. */
async function look(
  page: IJupyterLabPageFixture,
  info: TestInfo,
  section: Locator,
  name: string
): Promise<void> {
  for (const theme of ['light', 'dark']) {
    if (theme === 'dark') {
      await page.theme.setDarkTheme();
    }
    await section.scrollIntoViewIfNeeded();
    await picture(page, info, `${name}-${theme}`);
    expect(await violations(page, '.jp-OrchestJobs-editor')).toEqual([]);
  }
  await page.theme.setLightTheme();
}

test('runs are filtered, left out, and not executed', async ({
  page,
  tmpPath
}, info) => {
  const editor = await draftOf(page, tmpPath, 'grid');
  const runs = editor.section('Pipeline runs');
  const grid = runs.getByRole('grid', { name: 'Combinations' });
  const count = runs.locator('.jp-OrchestJobs-count');
  const filter = runs.getByLabel('Filter pipeline runs');
  await expect(count).toHaveText('4 combinations · all included');
  await expect(grid.getByRole('columnheader')).toHaveText([
    'Include',
    'Run',
    'seed',
    'method'
  ]);
  await expect(grid.getByRole('row')).toHaveCount(5);

  // By the filter, then one by one.
  await filter.fill('method = mean');
  await expect(runs).toContainText('2 runs are shown');
  await runs.getByRole('button', { name: 'Leave these out' }).click();
  await expect(count).toHaveText('4 combinations · 2 included');
  await filter.fill('metod = mean');
  await expect(runs).toContainText('There is no parameter “metod”.');
  await expect(
    runs.getByRole('button', { name: 'Leave these out' })
  ).toHaveAttribute('aria-disabled', 'true');
  await filter.fill('');
  await expect(grid.getByRole('row')).toHaveCount(5);
  const box = (run: number) =>
    grid.getByRole('checkbox', { name: `Include run ${run}`, exact: true });
  await expect(box(2)).not.toBeChecked();
  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press(' ');
  await expect(box(1)).not.toBeChecked();
  await expect(count).toHaveText('4 combinations · 1 included');
  await look(page, info, runs, 'runs');

  // The last one stays.
  await box(3).click();
  await expect(runs).toContainText('At least one run stays');
  await expect(box(3)).toBeChecked();

  // A range, and the choice outlives an edit of the grid.
  await box(2).click();
  await expect(box(2)).toBeChecked();
  await box(4).click({ modifiers: ['Shift'] });
  await expect(count).toHaveText('4 combinations · 3 included');
  await editor.addValue('Pipeline: Grid', 'seed', '3');
  await expect(count).toHaveText(/^6 combinations · /);
  await expect(box(1)).not.toBeChecked();
  await filter.fill('seed = 1');
  await runs.getByRole('button', { name: 'Only these' }).click();
  await expect(count).toHaveText('6 combinations · 2 included');
  await editor.expectSaved();
  await editor.button('Run job · 2 runs').click();
  await expect(new JobTab(page).runs).toHaveCount(2);
});

test('a million combinations stay responsive', async ({
  page,
  tmpPath
}, info) => {
  const editor = await draftOf(page, tmpPath, 'grid');
  const runs = editor.section('Pipeline runs');
  const grid = runs.getByRole('grid', { name: 'Combinations' });
  const count = runs.locator('.jp-OrchestJobs-count');
  await editor.button('{} JSON').click();
  await expect(
    editor.root.getByLabel('All parameters as JSON')
  ).toBeFocused();
  const many = Array.from({ length: 1000 }, (_, at) => at);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(
    JSON.stringify({ pipeline_parameters: { a: many, seed: many } })
  );
  const counted = await measure(page, 'ControlOrMeta+Enter', '1,000,000 comb');
  await expect(count).toContainText('1,000,000 combinations');
  await editor.button('{} JSON').click();

  // What the filter leaves, after the last key.
  const filter = runs.getByLabel('Filter pipeline runs');
  await filter.fill('a = 77');
  await expect(runs).toContainText('1,000 runs are shown');
  await filter.focus();
  await page.keyboard.press('End');
  const filtered = await measure(page, '8', '1,000 runs are shown', '778');
  await expect(grid.getByRole('row').nth(1)).toContainText('778');
  await filter.fill('');
  await expect(grid).toHaveAttribute('aria-rowcount', '1000001');

  await grid.focus();
  const reached = await measure(page, 'End', '', '1,000,000');
  await expect(
    grid.getByRole('checkbox', { name: 'Include run 1,000,000' })
  ).toBeVisible();
  info.annotations.push({
    type: 'measured',
    description: `count ${counted} ms, filter ${filtered} ms, last row ${reached} ms`
  });
  console.log(
    `1e6 combinations: count ${counted} ms, filter ${filtered} ms, last row ${reached} ms`
  );
  expect(counted).toBeLessThan(1_000);
  expect(filtered).toBeLessThan(1_000);

  // More than may be run, until most are left out.
  await editor.expectSaved();
  await editor.button('Run job · 1,000,000 runs').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('1,000,000 runs');
  await expect(dialog).toContainText('deselect runs');
  await picture(page, info, 'too-many');
  await dialog.getByRole('button', { name: 'Close' }).press('Escape');
  await expect(dialog).toHaveCount(0);
  await filter.fill('a = 77, seed = 5');
  await runs.getByRole('button', { name: 'Only these' }).click();
  await expect(count).toHaveText('1,000,000 combinations · 1 included');
  await picture(page, info, 'million');
  await editor.expectSaved();
});

/**
 * Press a key; milliseconds until the section of the runs has a text, and a cell of its grid is
 * another one.
 */
async function measure(
  page: IJupyterLabPageFixture,
  key: string,
  text: string,
  row = ''
): Promise<number> {
  type Watching = typeof globalThis & { orchestSeen: Promise<number> };
  await page.evaluate(
    ([wanted, inGrid]) => {
      const begin = new Promise<number>(resolve =>
        window.addEventListener('keydown', () => resolve(performance.now()), {
          capture: true,
          once: true
        })
      );
      const said = () =>
        document
          .querySelector('[data-section="runs"]')
          ?.textContent?.includes(wanted) === true;
      const shown = () =>
        inGrid === '' ||
        [...document.querySelectorAll('[role="gridcell"]')].some(
          cell => cell.textContent === inGrid
        );
      (globalThis as Watching).orchestSeen = begin.then(
        start =>
          new Promise(resolve => {
            const check = () => {
              if (said() && shown()) {
                resolve(Math.round(performance.now() - start));
              } else {
                requestAnimationFrame(check);
              }
            };
            requestAnimationFrame(check);
          })
      );
    },
    [text, row]
  );
  await page.keyboard.press(key);
  return page.evaluate(() => (globalThis as Watching).orchestSeen);
}

test('a schedule is said in words, with its next firings', async ({
  page,
  tmpPath
}, info) => {
  const editor = await draftOf(page, tmpPath, 'quick');
  const schedule = editor.section('Schedule');
  const cron = schedule.getByLabel('Cron expression');
  const firings = schedule
    .getByRole('list', { name: 'Next firings' })
    .getByRole('listitem');
  await expect(schedule.getByRole('radio', { name: 'Now' })).toBeChecked();
  await schedule.getByRole('radio', { name: 'Recurring' }).check();
  await expect(schedule).toContainText('every day at 09:00');
  await expect(firings).toHaveCount(5);
  await schedule.getByLabel('Time zone').selectOption('Europe/Amsterdam');
  await schedule.getByLabel('Repeat').selectOption('weekdays');
  await schedule.getByLabel('Time of day').fill('02:30');
  await expect(cron).toHaveValue('30 2 * * 1-5');
  await expect(schedule).toContainText(
    'at 02:30 on Monday to Friday, Europe/Amsterdam'
  );
  await expect(firings).toHaveCount(5);
  await expect(firings.first()).toContainText('02:30');
  await editor.expectSaved();
  await expect(editor.button(/^Schedule job/)).toBeVisible();
  await look(page, info, schedule, 'cron');

  await cron.fill('30 25 * * 1-5');
  await expect(schedule.getByRole('status')).toContainText('hour');
  await expect(cron).toHaveAttribute('aria-invalid', 'true');
  await expect(firings).toHaveCount(0);
  await expect(editor.saving).toContainText('Not saved:');
  await expect(editor.button(/^Schedule job/)).toHaveAttribute(
    'aria-disabled',
    'true'
  );
  await picture(page, info, 'cron-error');
  await cron.fill('@hourly');
  await expect(schedule.getByLabel('Repeat')).toHaveValue('hourly');
  await expect(firings).toHaveCount(5);
  await editor.expectSaved();

  // Once, and not in the past.
  await schedule.getByRole('radio', { name: 'Once' }).check();
  const at = schedule.getByLabel('Date and time');
  await expect(at).not.toHaveValue('');
  await editor.expectSaved();
  await at.fill('2020-01-02T03:04');
  await expect(schedule.getByRole('status')).toContainText('has passed');
  await expect(editor.button(/^Schedule job/)).toHaveAttribute(
    'title',
    /date and time/
  );
  await at.fill('2099-01-02T03:04');
  await expect(schedule.getByRole('status')).toContainText('2099');
  await editor.expectSaved();
  await look(page, info, schedule, 'once');

  await page.reload({ waitForIsReady: false });
  await expect(at).toHaveValue('2099-01-02T03:04');
});

test('variables are masked, and secrets are never shown again', async ({
  page,
  tmpPath
}, info) => {
  const editor = await draftOf(page, tmpPath, 'quick');
  const environment = editor.section('Environment variables');
  const name = environment.getByLabel('Name of a new variable');
  const value = environment.getByLabel('Value of a new variable');
  const add = environment.getByRole('button', { name: 'Add', exact: true });
  await name.fill('1BAD');
  await expect(environment).toContainText('doesn’t begin with a digit');
  await name.fill('REGION');
  await value.fill('eu-west-1');
  await add.click();
  await name.fill('API_TOKEN');
  await expect(environment.getByLabel('Secret', { exact: true })).toBeChecked();
  await value.fill('hunter2-hunter2');
  await add.click();
  await expect(environment.getByRole('row')).toHaveCount(3);
  await editor.expectSaved();

  const region = environment.getByLabel('Value of REGION', { exact: true });
  await expect(region).toHaveAttribute('type', 'password');
  await environment
    .getByRole('button', { name: 'Reveal the value of REGION' })
    .click();
  await expect(region).toHaveAttribute('type', 'text');
  await region.fill('eu-west-2');
  await editor.name.click();
  await editor.expectSaved();
  await look(page, info, environment, 'environment');

  // Neither in the page nor in answers.
  const holds = await page.evaluate(() => {
    const fields = [...document.querySelectorAll('input')];
    const values = fields.map(field => field.value).join(' ');
    return `${document.body.innerHTML} ${values}`.includes('hunter2');
  });
  expect(holds).toBe(false);
  const answers: Promise<string>[] = [];
  page.on('response', response => {
    if (response.url().includes('/jupyter-orchest-jobs/jobs')) {
      answers.push(response.text());
    }
  });
  await page.reload({ waitForIsReady: false });
  await expect(environment.getByText('API_TOKEN')).toBeVisible();
  await expect(region).toHaveValue('eu-west-2');
  expect((await Promise.all(answers)).join()).not.toContain('hunter2');

  // Lines of a file, and away again.
  await name.focus();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text', 'A=1\n# no\nexport B="two"\n');
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', {
        clipboardData: data,
        bubbles: true,
        cancelable: true
      })
    );
  });
  await expect(environment.getByRole('row')).toHaveCount(5);
  await environment.getByRole('button', { name: 'Remove API_TOKEN' }).click();
  await environment.getByRole('button', { name: 'Remove A', exact: true }).click();
  await expect(environment.getByRole('row')).toHaveCount(3);
  await editor.expectSaved();
});

test('limits and policies are checked, summed up and reset', async ({
  page,
  tmpPath
}, info) => {
  const editor = await draftOf(page, tmpPath, 'quick');
  const policies = editor.section('Limits and policies');
  const summary = policies.locator('summary');
  await expect(summary).toHaveText('Everything as usual');
  await summary.click();
  const timeout = policies.getByLabel('Run timeout', { exact: true });
  await timeout.fill('1h 30m');
  await policies.getByLabel('Retries of a step', { exact: true }).fill('3');
  await expect(policies.getByLabel('Backoff', { exact: true })).toBeEnabled();
  await policies.getByLabel('Keep size', { exact: true }).fill('2 GB');
  const preload = policies.getByLabel('Preload', { exact: true });
  await preload.pressSequentially('numpy, pandas');
  await expect(summary).toHaveText(
    'Run timeout: 1h 30m · Retries of a step: 3 · Preload: numpy, pandas · Keep size: 2 GB'
  );
  await expect(policies.getByLabel('Overlap', { exact: true })).toBeDisabled();
  await editor.expectSaved();

  await timeout.fill('soon');
  await expect(policies).toContainText(
    'Write a time such as 1h 30m, 45s, or 90 for seconds. Not saved: it stays at 1h 30m.'
  );
  await expect(editor.button(/^Run job/)).toHaveAttribute(
    'aria-disabled',
    'true'
  );
  await look(page, info, policies, 'policies');
  await policies.getByRole('button', { name: 'Reset Run timeout' }).click();
  await expect(timeout).toHaveValue('');
  // Nor is its snapshot, which may take longer, in the way.
  await expect(editor.button(/^Run job/)).not.toHaveAttribute('aria-disabled', {
    timeout: JOB_TIMEOUT
  });
  await editor.expectSaved();
  await page.reload({ waitForIsReady: false });
  await expect(summary).toHaveText(
    'Retries of a step: 3 · Preload: numpy, pandas · Keep size: 2 GB'
  );
});
