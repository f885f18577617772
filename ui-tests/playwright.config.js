/**
 * Playwright with galata's defaults, in a Chromium of the system (CHROMIUM_PATH) so that nothing is
 * downloaded, against a server of its own (JP_TEST_PORT).
 */
const base = require('@jupyterlab/galata/lib/playwright-config');

const port = process.env.JP_TEST_PORT ?? '8899';
const server = [
  'jupyter lab',
  '--config jupyter_server_test_config.py',
  '--ip=127.0.0.1',
  `--ServerApp.port=${port}`,
  '--ServerApp.port_retries=0',
  // Containers often run as root.
  '--allow-root'
].join(' ');

module.exports = {
  ...base,
  testDir: './tests',
  workers: 1,
  retries: 0,
  // Other tests may have the machine, too: what is right comes, sooner or later.
  timeout: 120_000,
  expect: { ...base.expect, timeout: 20_000 },
  reporter: [['list']],
  use: {
    ...base.use,
    baseURL: `http://127.0.0.1:${port}`,
    viewport: { width: 1280, height: 800 },
    // Recording needs Playwright's own ffmpeg.
    video: 'off',
    trace: 'off',
    // Each test has a layout of its own, in memory: resetting it would load Lab twice.
    resetWorkspace: false,
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  },
  webServer: {
    command: server,
    url: `http://127.0.0.1:${port}/lab`,
    timeout: 120000,
    // The server lets go of its kernels and of the state directory.
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10000 },
    reuseExistingServer: false
  }
};
