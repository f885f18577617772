/** Hostile texts, pages and files in a real browser, against a server as users have them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@playwright/test';

import { FILES, STEPS } from './hostile';
import { FOLDER, HostileServer } from './hostileserver';
import { Walk } from './hostilewalk';
import { all, BANK, LIVE } from './payloads';
import { STARTED } from './server';
import { leaving, Sink } from './sink';
import { armedIn, provoke, saidBy, watchFor } from './watch';

test.setTimeout(2 * STARTED);
test.use({ actionTimeout: 15_000 });

const OPENAPI = join(__dirname, '../../jupyter_orchest_jobs/api/openapi.json');
const server = new HostileServer(1001);
const sink = new Sink();
const page = (step: string, theme = 'light') =>
  server.api(`runs/${server.run}/steps/${step}/html?theme=${theme}`);
/** What the page of a notebook gets to hear, whatever it asks for. */
const REFUSED = Object.fromEntries(
  [
    'cookie',
    'storage',
    'parent',
    'frameElement',
    'api',
    'fetch',
    'post',
    'worker',
    'dynamic',
    'open',
    'top',
    'around',
    'dialog'
  ].map(name => [name, 'refused'])
);
/** What arrives of it without a frame and its policy. */
const HEARD =
  'audio background beacon dynamic embed events fetch font form iframe image img import module object post poster prefetch preload script socket srcdoc srcset stylesheet svg video worker'.split(
    ' '
  );

test.beforeAll(async () => {
  test.setTimeout(3 * STARTED);
  await sink.start();
  await server.start(sink);
});

test.afterAll(async () => {
  sink.stop();
  await server.stop();
});

test('a notebook’s page can’t be heard elsewhere', async ({ context }) => {
  const tab = await context.newPage();
  await server.login(tab);
  const answers: string[] = [];
  const others: string[] = [];
  context.on('response', response => {
    const url = response.url();
    // Browsers tell the server what they have refused; the page doesn't see the answer.
    const report = url.endsWith('/api/security/csp-report');
    if (response.ok() && url.startsWith(`${server.base}api/`) && !report) {
      answers.push(url);
    }
  });
  tab.on('dialog', dialog => others.push(dialog.message()));
  tab.on('download', download => others.push(download.url()));
  for (const [step, theme] of [
    [STEPS.leave, 'light'], // Goes to the sink by a script,
    [STEPS.leave, 'dark'], // by a refresh,
    [STEPS.detour, 'light'] // by way of a page of the project.
  ]) {
    sink.clear();
    const gone = tab.waitForEvent('framenavigated', {
      predicate: frame =>
        frame.parentFrame() === tab.mainFrame() &&
        !/^about:|\/html\?theme=/.test(frame.url()),
      timeout: STARTED
    });
    const said = saidBy(tab);
    await tab.goto(page(step, theme));
    expect(await said).toMatchObject(REFUSED);
    await gone;
    await tab.waitForTimeout(300);
    expect(sink.heard).toEqual([]);
    expect(tab.url()).toBe(page(step, theme));
  }
  expect(context.pages()).toHaveLength(1);
  expect(answers).toEqual([]);
  expect(others).toEqual([]);
});

test('the same page is heard where nothing holds it', async ({ context }) => {
  sink.pages.set('/control', leaving(sink.url, '/control'));
  const tab = await context.newPage();
  for (const [theme, last] of [
    ['light', 'location'],
    ['dark', 'refresh']
  ]) {
    sink.clear();
    await tab.goto(`${sink.url}/control?${theme}`);
    await tab.waitForURL(new RegExp(last));
    await expect.poll(() => sink.heard).toContain(last);
    expect(sink.heard).toEqual(expect.arrayContaining(HEARD));
    expect(sink.packets).toBeGreaterThan(0);
  }
});

test('a frame that is too generous gives a notebook nothing', async ({
  context
}) => {
  const tab = await context.newPage();
  await server.login(tab);
  const around = `${server.base}around`;
  await tab.route(around, route =>
    route.fulfill({
      contentType: 'text/html',
      body: `<iframe sandbox="allow-scripts allow-same-origin" src="${page(STEPS.leave)}"></iframe>`
    })
  );
  const said = saidBy(tab);
  await tab.goto(around);
  expect(await said).toMatchObject(REFUSED);
});

test('the bank is live', async ({ context }) => {
  expect(BANK.length).toBeGreaterThanOrEqual(60);
  const hits = await watchFor(context);
  const tab = await context.newPage();
  for (const [at, text] of BANK.entries()) {
    sink.pages.set(`/bank/${at}`, `<!doctype html><div>${text}</div>`);
  }
  sink.pages.set(
    '/bank',
    BANK.map((_, at) => `<iframe src="/bank/${at}"></iframe>`).join('')
  );
  await tab.goto(`${sink.url}/bank`);
  for (const frame of tab.frames()) {
    await provoke(frame);
  }
  await expect
    .poll(() => LIVE.filter(number => !hits.some(({ n }) => n === number)))
    .toEqual([]);
});

test('texts of others are never more than text', async ({ context }, info) => {
  const hits = await watchFor(context);
  const here = () => hits.filter(({ origin }) => origin === server.origin);
  const tab = await context.newPage();
  const walk = new Walk(tab, server);
  const unwanted: string[] = [];
  tab.on('dialog', dialog => {
    unwanted.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  // What takes long to make so: an environment with hostile packages.
  const isJob = (url: URL) =>
    url.href.split('?')[0] === server.api(`jobs/${server.job}`);
  await tab.route(isJob, async route => {
    const answer = await route.fetch();
    const job = await answer.json();
    for (const environment of job.environments) {
      Object.assign(environment, {
        state: 'recorded',
        reason: all('reason'),
        warnings: [all('warning')],
        packages: BANK.length
      });
    }
    await route.fulfill({ response: answer, json: job });
  });
  await tab.route(/\/environments\/[^/]+(\/changes)?(\?\d+)?$/, route => {
    const items = BANK.map((text, at) => ({
      name: at === 0 ? all('package') : text,
      version: text,
      origin: text,
      before: text,
      now: text
    }));
    return route.fulfill({
      json: { changed: true, message: all('change'), items }
    });
  });
  await server.openLab(tab);
  await tab.evaluate(() => {
    const page = window as any;
    page.jupyterapp.commands.addCommand('xss-run', {
      execute: (args: { n: number }) => page.xss(args.n)
    });
    const link = document.createElement('a');
    link.dataset.commandlinkerCommand = 'xss-run';
    link.dataset.commandlinkerArgs = '{"n": 0}';
    document.body.append(link);
    link.click();
    link.remove();
  });
  await walk.dialog.getByRole('button', { name: 'Run' }).click();
  await expect
    .poll(here, 'links to commands work, once JupyterLab has asked')
    .toEqual([{ n: 0, origin: server.origin }]);
  hits.length = 0;
  sink.clear();
  expect(await armedIn(tab), 'the watch works').toHaveLength(1);
  tab.on('framenavigated', frame => {
    const url = frame.url().split('#')[0];
    if (frame === tab.mainFrame() && !url.startsWith(`${server.base}lab`)) {
      unwanted.push(`went to ${url}`);
    }
  });

  await walk.jobs();
  await walk.job();
  await tab.screenshot({ path: info.outputPath('job.png') });
  await walk.runs();
  await walk.steps();
  await tab.screenshot({ path: info.outputPath('notebook-page.png') });
  await walk.files();
  await walk.close();
  await walk.notebookView();
  await tab.screenshot({ path: info.outputPath('notebook-view.png') });
  await walk.close();
  await walk.pipelineEditor();
  await tab.screenshot({ path: info.outputPath('pipeline-editor.png') });
  await walk.close();
  await walk.jobEditor();
  await walk.running();
  await walk.messages();
  await tab.screenshot({ path: info.outputPath('messages.png') });

  expect(here()).toEqual([]);
  expect((await armedIn(tab)).slice(1)).toEqual([]);
  expect(unwanted).toEqual([]);
  expect(sink.heard).toEqual([]);
  expect(context.pages()).toHaveLength(1);
});

test('files of a run are saved, never shown', async ({ context }) => {
  const hits = await watchFor(context);
  const tab = await context.newPage();
  await server.login(tab);
  for (const name of Object.keys(FILES)) {
    const url = server.api(`runs/${server.run}/file?path=${name}`);
    await expect(tab.goto(url)).rejects.toThrow('Download is starting');
  }
  expect(hits).toEqual([]);
});

test('pages of others change nothing and read nothing', async ({ context }) => {
  const { paths } = JSON.parse(readFileSync(OPENAPI, 'utf8')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const acts = Object.entries(paths).flatMap(([path, verbs]) => {
    const url =
      server.base +
      path
        .slice(1)
        .replace('{id}', path.includes('/runs/') ? server.run : server.job)
        .replace('{step}', STEPS.show)
        .replace('{environment}', 'e')
        .replace('{number}', '1');
    return Object.keys(verbs)
      .filter(verb => /^(get|post|patch|delete|put)$/.test(verb))
      .map(verb => [verb.toUpperCase(), url] as const);
  });
  expect(acts.length).toBeGreaterThan(40);
  const state = async () =>
    JSON.stringify([
      await server.ask('GET', 'jobs?limit=500'),
      await server.ask('GET', `jobs/${server.job}`),
      await server.ask('GET', `runs/${server.run}`),
      await server.ask('GET', 'settings')
    ]);
  const before = await state();
  const tab = await context.newPage();
  await server.login(tab);
  const own = await tab.request.get(server.api('settings'));
  expect(own.ok(), 'the cookie opens the API').toBe(true);
  const done: string[] = [];
  context.on('response', response => {
    const method = response.request().method();
    const changes = method !== 'OPTIONS' && method !== 'GET';
    if (changes && response.url().startsWith(server.base)) {
      if (![403, 404, 405].includes(response.status())) {
        done.push(`${response.status()} ${method} ${response.url()}`);
      }
    }
  });
  sink.pages.set('/forge', '<!doctype html><title>forge</title>');
  const body = JSON.stringify({
    name: 'forged',
    max_runs: 7,
    pipeline_path: `${FOLDER}/short.orchest`,
    start: true,
    act: 'delete',
    ids: [server.run]
  });
  const socket = `${server.base.replace('http', 'ws')}api/events/subscribe`;
  // Another port is another origin of the same site: cookies go along. Another name is another site.
  for (const host of ['127.0.0.1', 'localhost']) {
    await tab.goto(`http://${host}:${sink.port}/forge`);
    expect(await tab.evaluate(forge, [acts, body, socket] as const)).toEqual(
      []
    );
  }
  expect(done).toEqual([]);
  expect(await state()).toBe(before);
});

/**
 * All ways of a page to send something to another origin, and to read from there.
 *
 * @returns what it got.
 */
async function forge([acts, body, socket]: readonly [
  readonly (readonly [string, string])[],
  string,
  string
]): Promise<string[]> {
  const got: string[] = [];
  const loaded: Promise<unknown>[] = [];
  for (const [method, url] of acts) {
    const credentials = 'include';
    const ask = async (init: RequestInit) => {
      const answer = await fetch(url, { method, credentials, ...init });
      if (answer.type !== 'opaque') {
        got.push(`${method} ${url}: ${answer.status}`);
      }
    };
    const tries = [ask(method === 'GET' ? {} : { body })];
    if (method === 'GET') {
      const script = document.createElement('script');
      script.src = url;
      script.onload = () => got.push(`script ${url}`);
      loaded.push(new Promise(resolve => (script.onerror = resolve)));
      document.head.append(script);
    }
    if (method === 'POST') {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
        const headers = { 'Content-Type': type };
        tries.push(ask({ mode: 'no-cors', body, headers }));
      }
      const frame = document.createElement('iframe');
      frame.name = `f${document.forms.length}`;
      const form = document.createElement('form');
      Object.assign(form, { method, action: url, target: frame.name });
      form.enctype = 'text/plain';
      const field = document.createElement('input');
      // Sent as name=value: JSON all the same.
      field.name = body.slice(0, -1) + ',"x":"';
      field.value = '"}';
      form.append(field);
      document.body.append(frame, form);
      loaded.push(new Promise(resolve => (frame.onload = resolve)));
      form.submit();
    }
    await Promise.allSettled(tries);
  }
  await Promise.all(loaded);
  await new Promise<void>(resolve => {
    const events = new WebSocket(socket);
    events.onopen = () => got.push(socket);
    events.onclose = () => resolve();
  });
  return got;
}

test('who may only read changes nothing, and is told why', async ({
  context
}, info) => {
  const id = await server.wait('Wait');
  const status = async () => (await server.ask('GET', `jobs/${id}`)).status;
  const tab = await context.newPage();
  const walk = new Walk(tab, server);
  await server.openLab(tab);
  await walk.execute('orchest-jobs:open-job', { id });
  const cancel = async () => {
    await walk.main.getByRole('button', { name: 'Cancel job' }).click();
    await walk.dialog.getByRole('button', { name: 'Cancel job' }).click();
  };
  await server.setGuests(true);
  await cancel();
  await expect(walk.dialog).toContainText('The job could not be cancelled', {
    timeout: STARTED
  });
  await expect(walk.dialog).toContainText(
    'not authorized to write on resource: orchest-jobs'
  );
  await tab.screenshot({ path: info.outputPath('refused.png') });
  await walk.dialog.getByRole('button', { name: 'Close' }).click();
  expect(await status()).toBe('running');
  await server.setGuests(false);
  await cancel();
  await expect.poll(status, { timeout: STARTED }).toBe('cancelled');
});
