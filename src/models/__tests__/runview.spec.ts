/** What the tab of a run holds beside the run itself. */

import { IJobsClient } from '../../api/client';
import { ApiError } from '../../api/errors';
import { RunFile } from '../../api/types';
import { TOP } from '../../domain/filetree';
import { FileModel } from '../file';
import { FilesModel } from '../files';
import { Live } from '../live';
import { Neighbours } from '../neighbours';
import { RunModel } from '../run';
import { StepLog } from '../steplog';
import { ViewPrefs } from '../viewprefs';
import { aRun, aStep, FakeClient, FakeFeed } from './fakes';

let client: FakeClient;
let feed: FakeFeed;
let live: Live;

beforeEach(() => {
  jest.useFakeTimers();
  client = new FakeClient();
  feed = new FakeFeed();
  live = new Live(client, feed);
});

afterEach(() => {
  live.dispose();
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('Neighbours', () => {
  let asked: number;
  let known: Awaited<ReturnType<IJobsClient['getRunNeighbours']>>;

  beforeEach(() => {
    asked = 0;
    known = { previous: 'run-1', next: null };
    client.getRunNeighbours = async () => {
      asked += 1;
      return known;
    };
  });

  it('hears of a new run after the last one', async () => {
    const model = new Neighbours(client, live, 'run-2');
    await pass(10);
    expect(model.state).toEqual({ previous: 'run-1', next: null });
    known = { previous: 'run-1', next: 'run-3' };
    feed.job('job-1');
    await pass(3_000);
    expect(model.state.next).toBe('run-3');
    // Now it is not the last one, and changes of the job are nothing to it.
    feed.job('job-1');
    await pass(3_000);
    expect(asked).toBe(2);
    model.dispose();
  });

  it('hears that one of them is gone', async () => {
    known = { previous: 'run-1', next: 'run-3' };
    const model = new Neighbours(client, live, 'run-2');
    await pass(10);
    known = { previous: null, next: 'run-3' };
    feed.run('run-1');
    await pass(3_000);
    expect(model.state.previous).toBeNull();
    client.getRunNeighbours = async () => {
      throw new ApiError('refused', 'gone', { status: 404, code: 'x' });
    };
    feed.run('run-3');
    await pass(3_000);
    expect(model.state).toEqual({ previous: null, next: null });
    model.dispose();
  });
});

describe('FilesModel', () => {
  const about = { size: 1, change: 'same' } as const;
  const tree: Record<string, RunFile[]> = {
    [TOP]: [{ ...about, name: 'out', path: 'out', type: 'dir' }],
    out: [{ ...about, name: 'x', path: 'out/x', type: 'file' }]
  };
  let asked: string[];

  beforeEach(() => {
    asked = [];
    client.listRunFiles = async (_, path) => {
      asked.push(path);
      const items = tree[path];
      if (items === undefined) {
        throw new ApiError('refused', 'no folder', { status: 404, code: 'x' });
      }
      return { path, items, total: items.length, note: null };
    };
  });

  it('asks for folders when they are opened, and again when told', async () => {
    const files = new FilesModel(client, live, 'run-1');
    expect(asked).toEqual([]);
    files.begin();
    files.begin();
    await pass(1);
    files.setOpen('out', true);
    await pass(1);
    expect(asked).toEqual(['', 'out']);
    expect(files.state.folders.get('out')?.items?.[0].path).toBe('out/x');
    files.refresh();
    await pass(1);
    expect(asked).toEqual(['', 'out', '', 'out']);
    files.setOpen('out', false);
    files.refresh();
    await pass(1);
    expect(asked.slice(4)).toEqual(['']);
    files.dispose();
  });

  it('says why a folder can’t be shown', async () => {
    const files = new FilesModel(client, live, 'run-1');
    files.setOpen('gone', true);
    await pass(1);
    expect(files.state.folders.get('gone')?.note).toBe('no folder');
    files.dispose();
  });
});

describe('FileModel', () => {
  const load = async (path: string, bytes: number[], complete = true) => {
    client.readRunFile = async () => ({
      bytes: new Uint8Array(bytes),
      complete
    });
    const file = new FileModel(client, 'run-1', path);
    await pass(1);
    return file;
  };

  it('shows text, never more than was loaded', async () => {
    const { state } = await load('a.html', [60, 98, 62], false);
    expect(state).toEqual({ kind: 'text', value: '<b>', complete: false });
    expect((await load('a.bin', [0, 1, 2])).state.kind).toBe('binary');
  });

  it('shows images from memory, and lets go of them', async () => {
    const blobs: Blob[] = [];
    const freed: string[] = [];
    URL.createObjectURL = blob => `blob:${blobs.push(blob as Blob)}`;
    URL.revokeObjectURL = url => freed.push(url);
    const file = await load('plot.png', [60, 115]);
    expect(file.state).toMatchObject({ kind: 'image', value: 'blob:1' });
    expect(blobs[0].type).toBe('image/png');
    file.dispose();
    expect(freed).toEqual(['blob:1']);
    expect((await load('huge.png', [1], false)).state.kind).toBe('binary');
  });

  it('gives pictures that may hold scripts no origin', async () => {
    const file = await load('plot.SVG', [60, 115]);
    await pass(50);
    expect(file.state).toMatchObject({
      kind: 'image',
      value: 'data:image/svg+xml;base64,PHM='
    });
    file.dispose();
  });

  it('says why there is nothing', async () => {
    client.readRunFile = async () => {
      throw new ApiError('refused', 'It was deleted.', {
        status: 404,
        code: 'x'
      });
    };
    const file = new FileModel(client, 'run-1', 'a.txt');
    await pass(1);
    expect(file.state).toMatchObject({
      kind: 'refused',
      value: 'It was deleted.'
    });
  });
});

describe('RunModel', () => {
  it('begins with the step asked for, and knows the author’s places', async () => {
    const steps = [
      aStep({ step: 'a', status: 'failed' }),
      aStep({ step: 'b', status: 'skipped' })
    ];
    client.runs = [aRun({ status: 'failed', steps })];
    client.getRunPipeline = async () => ({
      document: { steps: { a: { meta_data: { position: [3, 4] } } } }
    });
    const model = new RunModel(client, live, 'run-1', 'b');
    expect(model.places).toBeNull();
    await pass(10);
    expect(model.step?.step).toBe('b');
    expect(model.places?.get('a')).toEqual({ x: 3, y: 4 });
    model.dispose();
    const other = new RunModel(client, live, 'run-1', 'not here');
    await pass(10);
    expect(other.step?.step).toBe('a');
    other.dispose();
  });
});

describe('StepLog', () => {
  it('reads the log of an earlier try, until another step is looked at', async () => {
    const steps = ['a', 'b'].map(step =>
      aStep({ step, status: 'failed', has_log: true })
    );
    client.runs = [aRun({ status: 'failed', steps })];
    client.logs = { a: { text: 'of a\n', finished: true } };
    const model = new RunModel(client, live, 'run-1');
    const log = new StepLog(client, live, model);
    log.setVisible(true);
    await pass(10);
    log.choose({ attempt: 1, try: 2 });
    await pass(10);
    expect(client.asked).toContain(`log run-1 a ${-256 * 1024} 1.2`);
    expect(log.state.which).toEqual({ attempt: 1, try: 2 });
    model.selectStep('b');
    expect(log.state.which).toBeNull();
    expect(log.state.log?.step).toBe('b');
    log.dispose();
    model.dispose();
  });
});

describe('ViewPrefs', () => {
  it('are there again, as far as they make sense', async () => {
    const kept: unknown[] = [];
    const store = {
      fetch: async () => ({ split: 7, shape: 'list', wrap: 'yes' }),
      save: async (_: string, value: unknown) => kept.push(value)
    };
    const prefs = new ViewPrefs(store);
    await pass(1);
    expect(prefs.state).toEqual({ split: 0.5, shape: 'list', wrap: true });
    prefs.set({ split: 0.3 });
    expect(kept).toEqual([{ split: 0.3, shape: 'list', wrap: true }]);
  });

  it('are not taken back by what was kept', async () => {
    const store = {
      fetch: async () => ({ wrap: true }),
      save: async () => undefined
    };
    const prefs = new ViewPrefs(store);
    prefs.set({ wrap: false });
    await pass(1);
    expect(prefs.state.wrap).toBe(false);
    expect(new ViewPrefs(null).state.shape).toBe('graph');
  });
});
