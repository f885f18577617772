import { nullTranslator } from '@jupyterlab/translation';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { Cluster, JobDetail } from '../../../../api/types';
import { aCluster, aJob, FakeClient } from '../../../../models/__tests__/fakes';
import { PlaceSection } from '../place';
import { ISectionProps } from '../section';

const trans = nullTranslator.load('');
const ADDRESS = 'tcp://127.0.0.1:8786';
const STATE: Cluster['state'] = {
  connected: true,
  error: null,
  workers: 2,
  slots: 2,
  free: 1,
  resources: { GPU: 1 },
  since: '2026-11-22T12:00:00Z',
  warnings: []
};

describe('PlaceSection', () => {
  let client: FakeClient;
  let node: HTMLElement;
  let root: Root;
  let changed: unknown[];
  let blocks: string[];

  beforeEach(() => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    changed = [];
    blocks = [];
    client = new FakeClient();
    node = document.createElement('div');
    document.body.append(node);
    root = createRoot(node);
  });

  afterEach(() => {
    act(() => root.unmount());
    node.remove();
  });

  async function show(
    cluster: Cluster,
    fields: Partial<JobDetail> = {},
    executor: 'local' | 'dask' = 'local'
  ): Promise<void> {
    client.getCluster = async () => cluster;
    const job = aJob(fields);
    const props = {
      job: { ...job, policies: { ...job.policies, executor } },
      change: (changes: unknown) => changed.push(changes),
      block: (why: string) => blocks.push(why),
      client,
      actions: {
        showCluster: async () => {
          client.getCluster = async () => aCluster({ address: ADDRESS });
        }
      },
      trans,
      readOnly: false
    } as unknown as ISectionProps;
    await act(async () => root.render(<PlaceSection {...props} />));
    await act(async () => new Promise(resolve => setTimeout(resolve, 20)));
  }

  const radio = (value: string) =>
    node.querySelector(`input[value="${value}"]`) as HTMLInputElement;

  it('offers to set up a cluster where there is none', async () => {
    await show(aCluster());
    expect(radio('local').checked).toBe(true);
    expect(radio('dask').disabled).toBe(true);
    expect(radio('dask').closest('label')?.title).toBe('No cluster is set up');
    await act(async () => node.querySelector('button')?.click());
    await act(async () => new Promise(resolve => setTimeout(resolve, 20)));
    expect(radio('dask').disabled).toBe(false);
    expect(node.textContent).toContain('connecting…');
  });

  it('shows how the cluster is, and lets the job move there', async () => {
    await show(aCluster({ address: ADDRESS, state: STATE }));
    expect(node.textContent).toContain('2 workers, 1 of 2 slots free');
    await act(async () => radio('dask').click());
    expect(changed).toMatchObject([{ policies: { executor: 'dask' } }]);
    expect(blocks.filter(why => why !== '')).toEqual([]);
  });

  it('warns of a cluster that is away, and of what no worker has', async () => {
    const away = { ...STATE, connected: false, error: 'Nobody answers.' };
    await show(aCluster({ address: ADDRESS, state: away }), {}, 'dask');
    expect(node.textContent).toContain('Nobody answers.');
    expect(node.textContent).toContain('can’t start on the cluster before');
    act(() => root.unmount());
    root = createRoot(node);
    await show(
      aCluster({ address: ADDRESS, state: STATE }),
      { resources: { GPU: 2 } },
      'dask'
    );
    expect(node.textContent).toContain('Each run asks for: GPU 2');
    expect(node.textContent).toContain('The runs would fail at once.');
  });

  it('keeps a job from starting where there is no cluster', async () => {
    await show(aCluster(), {}, 'dask');
    expect(blocks.at(-1)).toBe('no cluster is set up');
    expect(radio('dask').disabled).toBe(false);
  });
});
