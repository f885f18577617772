import {
  clusterWords,
  ICluster,
  IClusterState,
  isHolding,
  lacking,
  resourceWords
} from '../cluster';
import { english } from './helpers';

const STATE: IClusterState = {
  connected: true,
  error: null,
  workers: 2,
  slots: 4,
  free: 3,
  resources: { GPU: 1, memory: 8e9 },
  since: '2026-11-22T12:00:00Z',
  warnings: []
};

function aCluster(
  state: Partial<IClusterState> | null,
  fields: Partial<ICluster> = {}
): ICluster {
  return {
    address: 'tcp://127.0.0.1:8786',
    installed: true,
    state: state && { ...STATE, ...state },
    message: null,
    ...fields
  };
}

describe('clusterWords', () => {
  const said = (cluster: ICluster) => {
    const { sign, word, detail } = clusterWords(cluster, english);
    return [sign, word, detail];
  };

  it('says how the cluster is', () => {
    expect(said(aCluster({}))).toEqual([
      'ok',
      'connected',
      '2 workers, 3 of 4 slots free'
    ]);
    expect(said(aCluster({ workers: 1, slots: 1, free: 1 }))).toEqual([
      'ok',
      'connected',
      '1 worker, 1 of 1 slots free'
    ]);
    expect(said(aCluster({ warnings: ['Other versions.'] }))[0]).toBe(
      'warning'
    );
    expect(said(aCluster({ workers: 0 }))).toEqual([
      'warning',
      'connected',
      'It has no workers: runs wait until there is one.'
    ]);
    expect(said(aCluster({ connected: false, error: 'No.' }))).toEqual([
      'error',
      'not connected',
      'No.'
    ]);
  });

  it('says why nobody knows how it is', () => {
    expect(said(aCluster(null))).toEqual(['looking', 'connecting…', '']);
    expect(said(aCluster(null, { address: '' }))[0]).toBe('none');
    expect(said(aCluster(null, { message: 'Full.' }))).toEqual([
      'error',
      'nobody looks at it',
      'Full.'
    ]);
    expect(said(aCluster(null, { installed: false }))[2]).toContain(
      'pip install jupyter_orchest_jobs[dask]'
    );
  });
});

describe('isHolding', () => {
  it('is true where runs can’t start', () => {
    expect(isHolding(aCluster({}))).toBe(false);
    expect(isHolding(aCluster(null))).toBe(false);
    expect(isHolding(aCluster({ connected: false }))).toBe(true);
    expect(isHolding(aCluster({ workers: 0 }))).toBe(true);
    expect(isHolding(aCluster(null, { address: '' }))).toBe(true);
    expect(isHolding(aCluster(null, { installed: false }))).toBe(true);
  });
});

describe('resources', () => {
  it('are said with their amounts', () => {
    expect(resourceWords({})).toBe('');
    expect(resourceWords(STATE.resources)).toBe('GPU 1, memory 8 GB');
    expect(resourceWords({ memory: 12638251008 })).toBe('memory 12.6 GB');
  });

  it('are lacking where no worker has enough', () => {
    const lacks = (wanted: Record<string, number>, cluster: ICluster) =>
      lacking(wanted, cluster, english);
    expect(lacks({ GPU: 1, memory: 8e9 }, aCluster({}))).toEqual([]);
    expect(lacks({ TPU: 1, memory: 16e9 }, aCluster({}))).toEqual([
      'A run needs 1 of “TPU”; the most that a worker has is 0.',
      'A run needs 16 GB of “memory”; the most that a worker has is 8 GB.'
    ]);
    // Nobody knows, or a worker may come that has it.
    expect(lacks({ TPU: 1 }, aCluster({ connected: false }))).toEqual([]);
    expect(lacks({ TPU: 1 }, aCluster({ workers: 0 }))).toEqual([]);
    expect(lacks({ TPU: 1 }, aCluster(null))).toEqual([]);
  });
});
