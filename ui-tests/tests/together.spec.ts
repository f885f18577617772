/** Two people edit one pipeline at the same time, with jupyter-collaboration (`make ui-test` has it). */

import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';

import { Browser, expect, Locator, Page, test } from '@playwright/test';

import { OwnServer, STARTED } from './server';

/** Where jupyter-collaboration is, apart: with it, all other tests would test something else. */
const COLLABORATION =
  process.env.COLLABORATION ??
  join(__dirname, '..', '..', '.venv', 'collaboration');
const PORT = Number(process.env.JP_TEST_PORT ?? 8899) + 2000;
const BASE = `http://127.0.0.1:${PORT}/`;
const STEPS = ['Load', 'Clean', 'Train'];
/** Where the steps are, from above. */
const Y = 120;
const TEXT = pipeline(STEPS);
/** The server saves by itself, a little later. */
const LATER = { timeout: 20_000 };

interface IStep {
  readonly title: string;
  readonly meta_data: { readonly position: readonly number[] };
}

test.setTimeout(3 * STARTED);
test.use({ actionTimeout: 20_000 });

let folder: string;
let server: OwnServer;

test.beforeAll(async () => {
  test.setTimeout(3 * STARTED);
  folder = await mkdtemp(join(tmpdir(), 'orchest-jobs-together-'));
  await mkdir(join(folder, 'root'));
  server = new OwnServer(
    folder,
    PORT,
    [
      '--IdentityProvider.token=',
      '--ServerApp.disable_check_xsrf=True',
      `--BaseFileIdManager.db_path=${join(folder, 'ids.db')}`,
      `--SQLiteYStore.db_path=${join(folder, 'edits.db')}`
    ],
    overlay()
  );
  await server.start(`${BASE}api/status`);
});

test.afterEach(async ({ browser }) => {
  await Promise.all(browser.contexts().map(context => context.close()));
});

test.afterAll(async () => {
  await server.stop();
  await server.clear();
});

/** One person: the steps of the pipeline, and what is known of the selected one. */
class Person {
  private constructor(readonly page: Page) {}

  static async open(
    browser: Browser,
    name: string,
    path: string
  ): Promise<Person> {
    const context = await browser.newContext();
    const page = await context.newPage();
    // A workspace of its own, without what was open in another one.
    const workspace = `${name}-${path.split('.')[0]}`;
    await page.goto(`${BASE}lab/workspaces/${workspace}/tree/${path}`);
    const person = new Person(page);
    await expect(person.steps).toHaveCount(STEPS.length, {
      timeout: STARTED
    });
    return person;
  }

  get steps(): Locator {
    return this.page.locator('[data-step]');
  }

  step(title: string): Locator {
    return this.steps.filter({
      has: this.page.getByText(title, { exact: true })
    });
  }

  async rename(title: string, to: string): Promise<void> {
    await this.step(title).click();
    const field = this.page.getByLabel('Title', { exact: true });
    await expect(field).toHaveValue(title);
    await field.fill(to);
    await field.press('Enter');
  }

  async undo(): Promise<void> {
    await this.page.getByRole('button', { name: /^Undo/ }).click();
  }
}

async function together(
  browser: Browser,
  name: string
): Promise<[Person, Person]> {
  await writeFile(join(folder, 'root', name), TEXT);
  return Promise.all([
    Person.open(browser, 'ada', name),
    Person.open(browser, 'bob', name)
  ]);
}

const fileOf = (name: string) => readFile(join(folder, 'root', name), 'utf8');

test('what two people do to two steps at once is in the file, and each undoes their own', async ({
  browser
}) => {
  const [ada, bob] = await together(browser, 'both.orchest');
  // At once: neither has seen what the other does.
  await Promise.all([
    ada.rename('Load', 'Fetch'),
    bob.rename('Train', 'Forest')
  ]);
  for (const person of [ada, bob]) {
    await expect(person.step('Fetch')).toBeVisible();
    await expect(person.step('Forest')).toBeVisible();
  }
  const both = TEXT.replace('"title": "Load"', '"title": "Fetch"').replace(
    '"title": "Train"',
    '"title": "Forest"'
  );
  await ada.page.keyboard.press('Control+s');
  await expect.poll(() => fileOf('both.orchest'), LATER).toBe(both);

  // Ada was first, or last: what she undoes is hers.
  await ada.undo();
  await expect(bob.step('Load')).toBeVisible();
  await expect(ada.step('Forest')).toBeVisible();
  await bob.undo();
  await expect(ada.step('Train')).toBeVisible();
  await expect.poll(() => fileOf('both.orchest'), LATER).toBe(TEXT);
});

test('a step is dragged while another person edits', async ({ browser }) => {
  const [ada, bob] = await together(browser, 'drag.orchest');
  const box = await ada.step('Clean').boundingBox();
  const { x, y } = { x: (box?.x ?? 0) + 60, y: (box?.y ?? 0) + 20 };
  await ada.page.mouse.move(x, y);
  await ada.page.mouse.down();
  await ada.page.mouse.move(x + 40, y + 120, { steps: 8 });
  await bob.rename('Clean', 'Wash');
  await bob.rename('Train', 'Forest');
  await expect(ada.step('Wash')).toBeVisible();
  await expect(ada.step('Forest')).toBeVisible();
  // It has stayed where Ada holds it.
  const held = await ada.step('Wash').boundingBox();
  expect((held?.y ?? 0) - (box?.y ?? 0)).toBeGreaterThan(50);
  await ada.page.mouse.up();

  const saved = async () => {
    const { steps } = JSON.parse(await fileOf('drag.orchest')) as {
      steps: Record<string, IStep>;
    };
    return Object.values(steps);
  };
  await expect
    .poll(async () => (await saved())[1].meta_data.position[1], LATER)
    .toBeGreaterThan(Y + 50);
  expect((await saved()).map(({ title }) => title)).toEqual([
    'Load',
    'Wash',
    'Forest'
  ]);
});

/** The environment in which a server has jupyter-collaboration. */
function overlay(): Record<string, string> {
  const lib = join(COLLABORATION, 'lib');
  const version = readdirSync(lib)[0];
  const before = (path: string, name: string) =>
    [path, process.env[name]].filter(Boolean).join(delimiter);
  return {
    PYTHONPATH: before(join(lib, version, 'site-packages'), 'PYTHONPATH'),
    JUPYTER_PATH: before(
      join(COLLABORATION, 'share', 'jupyter'),
      'JUPYTER_PATH'
    ),
    JUPYTER_CONFIG_PATH: before(
      join(COLLABORATION, 'etc', 'jupyter'),
      'JUPYTER_CONFIG_PATH'
    )
  };
}

function idOf(index: number): string {
  return `00000000-0000-4000-8000-00000000000${index}`;
}

/** A chain of steps. */
function pipeline(titles: readonly string[]): string {
  const steps = titles.map((title, index) => [
    idOf(index),
    {
      uuid: idOf(index),
      title,
      file_path: `${title.toLowerCase()}.py`,
      environment: '',
      kernel: { name: 'python', display_name: 'Python 3' },
      incoming_connections: index === 0 ? [] : [idOf(index - 1)],
      parameters: {},
      meta_data: { position: [80 + 260 * index, Y] }
    }
  ]);
  return JSON.stringify(
    { name: 'Together', uuid: idOf(9), steps: Object.fromEntries(steps), parameters: {}, settings: {} },
    null,
    2
  );
}
