import { nullTranslator } from '@jupyterlab/translation';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { JobsModel } from '../../../models/jobs';
import { Live } from '../../../models/live';
import { FakeClient, FakeFeed } from '../../../models/__tests__/fakes';
import { IActions } from '../../actions';
import { JobsBody } from '../body';

describe('JobsBody', () => {
  let client: FakeClient;
  let live: Live;
  let jobs: JobsModel;
  let node: HTMLElement;
  let root: Root;

  beforeEach(() => {
    jest.useFakeTimers();
    localStorage.clear();
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    client = new FakeClient();
    live = new Live(client, new FakeFeed());
    jobs = new JobsModel(client, live);
    node = document.createElement('div');
    root = createRoot(node);
  });

  afterEach(() => {
    act(() => root.unmount());
    jobs.dispose();
    live.dispose();
    jest.useRealTimers();
  });

  async function show(): Promise<void> {
    await act(async () => {
      root.render(
        <JobsBody
          jobs={jobs}
          live={live}
          actions={{} as IActions}
          trans={nullTranslator.load('')}
        />
      );
      live.start();
      await jest.advanceTimersByTimeAsync(100);
    });
  }

  const notices = () =>
    [...node.querySelectorAll('.jp-OrchestJobs-notice span')].map(
      found => found.textContent
    );

  it('shows no notice when nothing is odd', async () => {
    await show();
    expect(notices()).toEqual([]);
  });

  it('shows a notice of the server, calmly, until it is dismissed', async () => {
    client.notice = 'The database was replaced.';
    await show();
    expect(notices()).toEqual(['The database was replaced.']);
    const notice = node.querySelector('.jp-OrchestJobs-notice');
    expect(notice?.getAttribute('role')).toBe('status');
    expect(notice?.getAttribute('data-kind')).toBe('warning');
    expect(node.textContent).toContain('No jobs yet');
    const button = notice?.querySelector('button, jp-button') as HTMLElement;
    expect(button.textContent).toBe('Dismiss');
    act(() => button.click());
    expect(notices()).toEqual([]);
  });
});
