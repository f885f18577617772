import { TranslationBundle } from '@jupyterlab/translation';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { Job } from '../../../api/types';
import { JobListModel } from '../../../models/joblist';
import { JobsModel } from '../../../models/jobs';
import { Live } from '../../../models/live';
import { aJob, FakeClient, FakeFeed } from '../../../models/__tests__/fakes';
import { IActions } from '../../actions';
import { JobsBody } from '../body';

/** A language in which every message is marked, so that what was not translated stands out. */
const marked = {
  __: (message: string, ...args: unknown[]) => `«${fill(message, args)}»`,
  _n: (one: string, many: string, n: number, ...args: unknown[]) =>
    `«${fill(n === 1 ? one : many, [n, ...args])}»`
} as unknown as TranslationBundle;

function fill(message: string, args: unknown[]): string {
  return args.reduce<string>(
    (text, arg, index) => text.split(`%${index + 1}`).join(String(arg)),
    message
  );
}

describe('JobsBody', () => {
  let client: FakeClient;
  let feed: FakeFeed;
  let live: Live;
  let jobs: JobsModel;
  let list: JobListModel;
  let node: HTMLElement;
  let root: Root;
  let done: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    // There is no layout here: the list is high enough for what it holds.
    jest.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
    jest
      .spyOn(HTMLElement.prototype, 'offsetHeight', 'get')
      .mockReturnValue(40);
    localStorage.clear();
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    client = new FakeClient();
    feed = new FakeFeed();
    live = new Live(client, feed);
    jobs = new JobsModel(client, live);
    list = new JobListModel(null);
    node = document.createElement('div');
    document.body.append(node);
    root = createRoot(node);
    done = [];
  });

  afterEach(() => {
    act(() => root.unmount());
    node.remove();
    jobs.dispose();
    live.dispose();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  async function show(): Promise<void> {
    const actions = {
      openJob: (id: string) => done.push(`open ${id}`),
      newJob: () => done.push('new'),
      selectedJobs: (what: string) => done.push(what)
    } as unknown as IActions;
    await act(async () => {
      root.render(
        <JobsBody
          jobs={jobs}
          list={list}
          live={live}
          actions={actions}
          trans={marked}
          onMenu={() => done.push('menu')}
        />
      );
      live.start();
      await jest.advanceTimersByTimeAsync(300);
    });
  }

  const all = (selector: string) => [
    ...node.querySelectorAll<HTMLElement>(selector)
  ];
  const tree = () => all('[role="tree"]')[0];
  const shown = () =>
    all('[role="treeitem"]').map(
      row =>
        row.querySelector(
          '.jp-OrchestJobs-jobName, .jp-OrchestJobs-projectName'
        )?.textContent
    );
  const selected = () =>
    all('[aria-selected="true"]').map(row => row.dataset.jobId);
  const press = (key: string, more: KeyboardEventInit = {}) =>
    act(() => {
      tree().dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, ...more })
      );
    });
  const click = (id: string, more: MouseEventInit = {}) =>
    act(() => {
      all(`[data-job-id="${id}"]`)[0].dispatchEvent(
        new MouseEvent('click', { bubbles: true, ...more })
      );
    });
  const five = (): Job[] =>
    [5, 4, 3, 2, 1].map(number =>
      aJob({ number, project: `/home/me/${number > 3 ? 'wine' : 'corn'}` })
    );

  const notices = () =>
    all('.jp-OrchestJobs-notice span').map(found => found.textContent);

  it('shows no notice when nothing is odd', async () => {
    await show();
    expect(notices()).toEqual([]);
  });

  it('shows a notice of the server, calmly, until it is dismissed', async () => {
    client.notice = 'The database was replaced.';
    await show();
    expect(notices()).toEqual(['The database was replaced.']);
    const [notice] = all('.jp-OrchestJobs-notice');
    expect(notice.getAttribute('role')).toBe('status');
    expect(notice.getAttribute('data-kind')).toBe('warning');
    expect(node.textContent).toContain('No jobs yet');
    const button = notice.querySelector('button, jp-button') as HTMLElement;
    expect(button.textContent).toBe('«Dismiss»');
    act(() => button.click());
    expect(notices()).toEqual([]);
  });

  it('groups jobs by project and folds them', async () => {
    client.jobs = five() as never;
    await show();
    expect(shown()).toEqual([
      'corn',
      'Job 3',
      'Job 2',
      'Job 1',
      'wine',
      'Job 5',
      'Job 4'
    ]);
    press('Home');
    press('ArrowLeft');
    expect(shown()).toEqual(['corn', 'wine', 'Job 5', 'Job 4']);
    expect(list.state.collapsed).toEqual(['/home/me/corn']);
    press('Enter');
    expect(shown()).toHaveLength(7);
  });

  it('is gone through with the keyboard', async () => {
    client.jobs = five() as never;
    await show();
    press('ArrowDown');
    press('ArrowDown');
    expect(selected()).toEqual(['job-3']);
    press('ArrowDown', { shiftKey: true });
    expect(selected()).toEqual(['job-3', 'job-2']);
    press('End');
    expect(selected()).toEqual(['job-4']);
    press('Enter');
    expect(done).toEqual(['open job-4']);
    const id = tree().getAttribute('aria-activedescendant') ?? '';
    expect(document.getElementById(id)?.dataset.jobId).toBe('job-4');
    press('ArrowLeft');
    expect(selected()).toEqual([]);
    expect(jobs.state.selected).toBeNull();
    press('a', { ctrlKey: true });
    expect(selected()).toHaveLength(5);
    press('Escape');
    expect(selected()).toHaveLength(0);
  });

  it('selects several with the mouse, and says what can be done with them', async () => {
    client.jobs = five() as never;
    await show();
    click('job-3');
    click('job-1', { shiftKey: true });
    expect(selected()).toEqual(['job-3', 'job-2', 'job-1']);
    click('job-2', { ctrlKey: true });
    expect(selected()).toEqual(['job-3', 'job-1']);
    expect(done).toEqual(['open job-3']);
    expect(node.textContent).toContain('2 jobs selected');
    const [, remove] = all(
      '[aria-label="«Selected jobs»"] button, [aria-label="«Selected jobs»"] jp-button'
    );
    act(() => remove.click());
    expect(done).toEqual(['open job-3', 'delete']);
    // What is filtered out is not deleted with the others.
    await act(async () => list.look({ text: 'Job 1' }));
    expect(jobs.state.marked).toEqual(['job-1']);
  });

  it('opens the menu of a line by its button and by the keyboard', async () => {
    client.jobs = five() as never;
    await show();
    const meant: (string | undefined)[] = [];
    node.addEventListener('contextmenu', event => {
      const row = (event.target as Element).closest<HTMLElement>(
        '.jp-OrchestJobs-job'
      );
      meant.push(row?.dataset.jobId);
    });
    act(() => all('[data-job-id="job-4"] button')[0].click());
    expect(jobs.state.selected).toBe('job-4');
    press('ContextMenu');
    press('F10', { shiftKey: true });
    expect(meant).toEqual(['job-4', 'job-4', 'job-4']);
    expect(done).toEqual([]);
  });

  it('says when nothing matches, and leads back', async () => {
    client.jobs = five() as never;
    await show();
    await act(async () => list.look({ text: 'nothing like it' }));
    expect(node.textContent).toContain('Nothing matches');
    const button = all(
      '.jp-OrchestJobs-empty button, .jp-OrchestJobs-empty jp-button'
    );
    act(() => button[0].click());
    expect(shown()).toHaveLength(7);
  });

  it('shows no text that can not be translated', async () => {
    client.notice = '«a notice»';
    client.jobs = [
      aJob({
        name: '«name»',
        project: '/p/«project»',
        pipeline_path: '«path»',
        schedule: { ...aJob().schedule, kind: 'cron', description: '«daily»' },
        runs: { ...aJob().runs, total: 9, failed: 2, interrupted: 1 }
      }),
      aJob({
        number: 2,
        name: '«name»',
        project: '/p/«project»',
        pipeline_path: '«path»',
        snapshot: { ...aJob().snapshot, status: 'copying' }
      })
    ];
    await show();
    await act(async () => jobs.mark(['job-1', 'job-2'], 'job-1'));
    const texts = all('*').flatMap(element => [
      ...[...element.childNodes]
        .filter(child => child.nodeType === Node.TEXT_NODE)
        .map(child => child.textContent ?? ''),
      ...['title', 'aria-label', 'placeholder'].map(
        name => element.getAttribute(name) ?? ''
      )
    ]);
    const bare = texts.filter(text =>
      /\p{L}{2}/u.test(text.replace(/«[^]*»/gu, ''))
    );
    // Moments are in the language of the browser, and paths are paths.
    const moments = all('time').flatMap(time => [time.title, time.textContent]);
    expect(
      bare.filter(text => !moments.includes(text) && text !== '/p/«project»')
    ).toEqual([]);
    expect(texts.filter(text => text.includes('«')).length).toBeGreaterThan(20);
  });
});
