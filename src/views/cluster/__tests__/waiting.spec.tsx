import { nullTranslator } from '@jupyterlab/translation';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { Cluster } from '../../../api/types';
import { aCluster, aJob, FakeClient } from '../../../models/__tests__/fakes';
import { IActions } from '../../actions';
import { WaitingForCluster } from '../waiting';

const trans = nullTranslator.load('');
const AWAY = aCluster({
  address: 'tcp://127.0.0.1:8786',
  state: {
    connected: false,
    error: 'Nobody answers.',
    workers: 0,
    slots: 0,
    free: 0,
    resources: {},
    since: '2026-11-22T12:00:00Z',
    warnings: []
  }
});

describe('WaitingForCluster', () => {
  let node: HTMLElement;
  let root: Root;
  let asked: number;

  beforeEach(() => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    asked = 0;
    node = document.createElement('div');
    root = createRoot(node);
  });

  afterEach(() => act(() => root.unmount()));

  async function show(
    cluster: Cluster,
    executor: 'local' | 'dask',
    pending: number
  ): Promise<string | null> {
    const client = new FakeClient();
    client.getCluster = async () => {
      asked += 1;
      return cluster;
    };
    const { runs, policies, ...rest } = aJob();
    const job = {
      ...rest,
      runs: { ...runs, pending },
      policies: { ...policies, executor }
    };
    const actions = {} as IActions;
    const props = { job, client, actions, trans };
    await act(async () => root.render(<WaitingForCluster {...props} />));
    await act(async () => new Promise(resolve => setTimeout(resolve, 20)));
    return node.textContent;
  }

  it('says why runs wait', async () => {
    expect(await show(AWAY, 'dask', 2)).toContain(
      'Runs wait for the cluster: not connected. Nobody answers.'
    );
  });

  it('says nothing, and asks nothing, of runs that don’t', async () => {
    expect(await show(AWAY, 'local', 2)).toBe('');
    expect(await show(AWAY, 'dask', 0)).toBe('');
    expect(asked).toBe(0);
  });
});
