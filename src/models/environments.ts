/** What a job's environments hold, and what has changed in their originals since. */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { Environment, EnvironmentChanges, Package } from '../api/types';
import { Store } from './store';

export interface IEnvironmentState {
  /** Null until somebody wants to see them. */
  readonly packages: readonly Package[] | null;
  /** Null until it is known. */
  readonly changes: EnvironmentChanges | null;
  /** Why the packages are not known, or a copy can't be made; empty if nothing is wrong. */
  readonly message: string;
}

export type EnvironmentsState = Readonly<Record<string, IEnvironmentState>>;

/** A job that runs is looked at several times a second. */
const NOT_BEFORE_MS = 10_000;
const NOTHING: IEnvironmentState = {
  packages: null,
  changes: null,
  message: ''
};

export class EnvironmentsModel extends Store<EnvironmentsState> {
  constructor(
    private readonly _client: IJobsClient,
    readonly job: string,
    private readonly _now: () => number = Date.now
  ) {
    super({});
  }

  /** What is known of an environment. */
  of(id: string): IEnvironmentState {
    return this.state[id] ?? NOTHING;
  }

  /** Compare the originals of those that are settled, unless that was done just now. */
  compare(environments: readonly Environment[]): void {
    for (const { id, state } of environments) {
      const settled = state !== 'waiting' && state !== 'freezing';
      if (settled && this._now() >= (this._notBefore.get(id) ?? 0)) {
        this._notBefore.set(id, this._now() + NOT_BEFORE_MS);
        // Nobody asked for it: that it isn't known is no news.
        this._client
          .getEnvironmentChanges(this.job, id)
          .then(changes => this._put(id, { changes }))
          .catch(() => undefined);
      }
    }
  }

  /** Ask for the packages of an environment. */
  async look(id: string): Promise<void> {
    if (this.of(id).packages === null) {
      await this._try(id, async () => {
        const { items } = await this._client.getEnvironment(this.job, id);
        this._put(id, { packages: items, message: '' });
      });
    }
  }

  /** Freeze one by a copy. */
  async copy(id: string): Promise<void> {
    await this._try(id, async () => {
      await this._client.freezeEnvironment(this.job, id);
      this._put(id, { message: '' });
    });
  }

  /** The packages as a file of requirements. */
  lockUrl(id: string): string {
    return this._client.lockUrl(this.job, id);
  }

  private async _try(id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (reason) {
      this._put(id, { message: toApiError(reason).message });
    }
  }

  private _put(id: string, change: Partial<IEnvironmentState>): void {
    this.update({ [id]: { ...this.of(id), ...change } });
  }

  private _notBefore = new Map<string, number>();
}
