/** The cluster in words: how it is, and whether a job's runs can be there. */

import { formatAmount } from './spans';
import { IWords } from './words';

export interface IClusterState {
  readonly connected: boolean;
  readonly error: string | null;
  readonly workers: number;
  readonly slots: number;
  readonly free: number;
  /** The most of each that one worker has; memory in bytes. */
  readonly resources: Readonly<Record<string, number>>;
  readonly since: string;
  readonly warnings: readonly string[];
}

export interface ICluster {
  /** Of the scheduler; empty: there is no cluster. */
  readonly address: string;
  readonly installed: boolean;
  readonly state: IClusterState | null;
  readonly message: string | null;
}

/** `looking`: nobody knows yet; `none`: there is no cluster. */
export type ClusterSign = 'none' | 'looking' | 'ok' | 'warning' | 'error';

export interface IClusterWords {
  readonly sign: ClusterSign;
  /** How it is, in a few words. */
  readonly word: string;
  /** What there is to know besides; may be empty. */
  readonly detail: string;
}

/** How the cluster is. */
export function clusterWords(cluster: ICluster, trans: IWords): IClusterWords {
  const { address, installed, state, message } = cluster;
  if (address === '') {
    return { sign: 'none', word: trans.__('not set up'), detail: '' };
  }
  if (!installed) {
    return {
      sign: 'error',
      word: trans.__('can’t be used'),
      detail: trans.__(
        'The package distributed is missing: pip install jupyter_orchest_jobs[dask]'
      )
    };
  }
  if (message !== null) {
    const word = trans.__('nobody looks at it');
    return { sign: 'error', word, detail: message };
  }
  if (state === null) {
    return { sign: 'looking', word: trans.__('connecting…'), detail: '' };
  }
  if (!state.connected) {
    const word = trans.__('not connected');
    return { sign: 'error', word, detail: state.error ?? '' };
  }
  const word = trans.__('connected');
  return state.workers === 0
    ? {
        sign: 'warning',
        word,
        detail: trans.__('It has no workers: runs wait until there is one.')
      }
    : {
        sign: state.warnings.length > 0 ? 'warning' : 'ok',
        word,
        detail: trans.__(
          '%1, %2',
          trans._n('%1 worker', '%1 workers', state.workers),
          trans._n(
            '%1 of %2 slots free',
            '%1 of %2 slots free',
            state.free,
            state.slots
          )
        )
      };
}

/** Whether it takes no runs, as far as is known. */
export function isHolding({ address, installed, state }: ICluster): boolean {
  return (
    address === '' ||
    !installed ||
    (state !== null && (!state.connected || state.workers === 0))
  );
}

/** "GPU 1, memory 8 GB"; empty for none. */
export function resourceWords(
  resources: Readonly<Record<string, number>>
): string {
  return Object.entries(resources)
    .map(([name, amount]) => `${name} ${amountWords(name, amount)}`)
    .join(', ');
}

/** What no worker has enough of; only known of a cluster that is connected and has workers. */
export function lacking(
  wanted: Readonly<Record<string, number>>,
  { state }: ICluster,
  trans: IWords
): string[] {
  if (state === null || !state.connected || state.workers === 0) {
    return [];
  }
  const { resources } = state;
  return Object.entries(wanted)
    .filter(([name, amount]) => !((resources[name] ?? 0) >= amount))
    .map(([name, amount]) =>
      trans.__(
        'A run needs %1 of “%2”; the most that a worker has is %3.',
        amountWords(name, amount),
        name,
        amountWords(name, resources[name] ?? 0)
      )
    );
}

function amountWords(name: string, amount: number): string {
  return name === 'memory'
    ? formatAmount(Number(amount.toPrecision(3)))
    : `${amount}`;
}
