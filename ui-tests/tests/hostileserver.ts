/** A server as users have them, behind a path and with a token, whose projects are hostile. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { expect, Page } from '@playwright/test';

import { KERNEL, writeHostile } from './hostile';
import { all, lines } from './payloads';
import { OwnServer, STARTED } from './server';
import { leaving, Sink } from './sink';

const TOKEN = 'a-token-of-the-tests';
const PATH = '/user/ada/';
/** Its name is as hostile as a folder's can be. */
export const FOLDER = '¤project¤<img src=x onerror=xss(7)>';

/** Whoever comes may only read jobs while there is a file `guests`. */
const GUARD = `
from pathlib import Path

from jupyter_server.auth import Authorizer


class Guard(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        guests = Path(__file__).with_name("guests").exists()
        return action == "read" or resource != "orchest-jobs" or not guests
`;

export class HostileServer {
  /** @param more - how far its port is from that of the other tests. */
  constructor(more: number) {
    const port = Number(process.env.JP_TEST_PORT ?? 8899) + more;
    this.origin = `http://127.0.0.1:${port}`;
    this.base = this.origin + PATH;
    this._port = port;
  }

  readonly origin: string;
  readonly base: string;
  /** What has been executed: a job and its run. */
  job = '';
  run = '';

  /** The address of an operation. */
  api(path: string): string {
    return `${this.base}jupyter-orchest-jobs/${path}`;
  }

  /** Start it, and let a job of the hostile pipeline end. */
  async start(sink: Sink): Promise<void> {
    this._folder = await mkdtemp(join(tmpdir(), 'orchest-jobs-hostile-'));
    const files = `${PATH}files/${encodeURIComponent(FOLDER)}/`;
    const contents = `${PATH}api/contents`;
    await writeHostile(join(this._folder, 'root', FOLDER), {
      leave: leaving(sink.url, contents),
      detour: leaving(sink.url, contents, `${files}station.html`),
      station: `<img src="${sink.url}/station"><script>location.href = '${sink.url}/passed' + location.search</script>`
    });
    const kernels = join(this._folder, 'share', 'kernels', KERNEL);
    await mkdir(kernels, { recursive: true });
    await writeFile(
      join(kernels, 'kernel.json'),
      JSON.stringify({
        argv: ['python', '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
        display_name: all('kernelspec'),
        language: 'python'
      })
    );
    await mkdir(this._guard);
    await writeFile(join(this._guard, 'guard.py'), GUARD);
    const joined = (first: string, name: string) =>
      [first, process.env[name] ?? ''].filter(Boolean).join(delimiter);
    this._server = new OwnServer(
      this._folder,
      this._port,
      [
        `--ServerApp.base_url=${PATH}`,
        `--IdentityProvider.token=${TOKEN}`,
        '--ServerApp.authorizer_class=guard.Guard',
        '--LabApp.expose_app_in_browser=True'
      ],
      {
        JUPYTER_PATH: joined(join(this._folder, 'share'), 'JUPYTER_PATH'),
        PYTHONPATH: joined(this._guard, 'PYTHONPATH')
      }
    );
    await this._server.start(`${this.base}api/status?token=${TOKEN}`);
    const { id } = await this.ask('POST', 'jobs', {
      pipeline_path: `${FOLDER}/hostile.orchest`,
      name: lines('job', 255)[0],
      env_variables: { HOSTILE: all('variable') },
      policies: { freeze_environments: false },
      start: true
    });
    this.job = id;
    await expect
      .poll(async () => (await this.ask('GET', `jobs/${id}`)).status, {
        timeout: STARTED,
        intervals: [100]
      })
      .toBe('failed');
    this.run = (await this.ask('GET', `runs?job=${id}`)).items[0].id;
  }

  /**
   * Start a job that does nothing for long.
   *
   * @returns its id.
   */
  async wait(name: string): Promise<string> {
    const { id } = await this.ask('POST', 'jobs', {
      pipeline_path: `${FOLDER}/wait.orchest`,
      name,
      policies: { freeze_environments: false },
      start: true
    });
    this._waiting.push(id);
    await expect
      .poll(async () => (await this.ask('GET', `jobs/${id}`)).status, {
        timeout: STARTED,
        intervals: [100]
      })
      .toBe('running');
    return id;
  }

  async stop(): Promise<void> {
    for (const id of this._waiting) {
      const { status } = await this.ask('GET', `jobs/${id}`);
      if (status === 'running') {
        await this.ask('POST', `jobs/${id}/cancel`);
      }
    }
    await this._server?.stop();
    await this._server?.clear();
    await rm(join(this._folder, 'share'), { recursive: true, force: true });
    await rm(this._guard, { recursive: true, force: true });
  }

  /** Ask the API with the token, as a program does. */
  async ask(method: string, path: string, body?: object): Promise<any> {
    const answer = await fetch(this.api(path), {
      method,
      headers: { Authorization: `token ${TOKEN}` },
      body: body && JSON.stringify(body)
    });
    const text = await answer.text();
    expect(answer.ok, `${method} ${path}: ${text.slice(0, 1000)}`).toBe(true);
    return text === '' ? null : JSON.parse(text);
  }

  /** Come with the token, and get the cookie. */
  async login(tab: Page): Promise<void> {
    await tab.goto(`${this.base}api/status?token=${TOKEN}`);
  }

  /** Open JupyterLab. */
  async openLab(tab: Page): Promise<void> {
    await tab.goto(`${this.base}lab?token=${TOKEN}`);
    await tab.waitForFunction(
      () =>
        (window as any).jupyterapp?.commands.hasCommand(
          'orchest-jobs:open-job'
        ),
      undefined,
      { timeout: STARTED }
    );
    await tab.evaluate(() => (window as any).jupyterapp.restored);
  }

  /** Whether whoever comes may only read jobs. */
  async setGuests(guests: boolean): Promise<void> {
    const flag = join(this._guard, 'guests');
    await (guests ? writeFile(flag, '') : rm(flag, { force: true }));
  }

  private get _guard(): string {
    return join(this._folder, 'guard');
  }

  private readonly _port: number;
  private readonly _waiting: string[] = [];
  private _folder = '';
  private _server: OwnServer | null = null;
}
