/** A server that a test starts, stops and starts again; its files are in a folder of their own. */

import { ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from '@playwright/test';

/** So long a server may take to answer, in milliseconds. */
export const STARTED = 60_000;

/** So long it may take to end by itself, in milliseconds. */
const PATIENCE = 10_000;

export class OwnServer {
  /** @param env - what its environment has besides. */
  constructor(
    private readonly _folder: string,
    private readonly _port: number,
    private readonly _options: readonly string[],
    private readonly _env: Readonly<Record<string, string>> = {}
  ) {}

  /** @param status - what answers once the server is there. */
  async start(status: string): Promise<void> {
    this._running = spawn(
      'jupyter',
      [
        'lab',
        '--no-browser',
        '--ip=127.0.0.1',
        '--allow-root',
        `--ServerApp.port=${this._port}`,
        '--ServerApp.port_retries=0',
        `--ServerApp.root_dir=${join(this._folder, 'root')}`,
        `--OrchestJobsApp.state_dir=${join(this._folder, 'state')}`,
        ...this._options
      ],
      {
        stdio: 'ignore',
        // Not the layout and settings of whoever runs the tests.
        env: {
          ...process.env,
          JUPYTERLAB_WORKSPACES_DIR: join(this._folder, 'workspaces'),
          JUPYTERLAB_SETTINGS_DIR: join(this._folder, 'settings'),
          ...this._env
        }
      }
    );
    await expect(async () => {
      const answer = await fetch(status);
      expect(answer.ok).toBe(true);
    }).toPass({ timeout: STARTED });
  }

  async stop(): Promise<void> {
    const running = this._running;
    this._running = null;
    if (running !== null && running.exitCode === null) {
      const gone = new Promise(resolve => running.once('exit', resolve));
      running.kill('SIGTERM');
      // With documents that others have open it may wait for them.
      const last = setTimeout(() => running.kill('SIGKILL'), PATIENCE);
      await gone;
      clearTimeout(last);
    }
  }

  /** Remove its files, but not the state directory: its conductor leaves a little later. */
  async clear(): Promise<void> {
    for (const part of ['root', 'workspaces', 'settings']) {
      await rm(join(this._folder, part), { recursive: true, force: true });
    }
  }

  private _running: ChildProcess | null = null;
}
