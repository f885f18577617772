/** How the list of jobs is looked at; remembered over reloads of the page. */

import {
  ALL_JOBS,
  IJobQuery,
  JOB_SORTS,
  JOB_STATES,
  JobSort
} from '../domain/joblist';
import { JobStatus } from '../domain/status';
import { Store } from './store';

export interface IJobListState {
  readonly query: IJobQuery;
  /** The projects whose jobs are folded away. */
  readonly collapsed: readonly string[];
}

/** Where a view is kept. */
export interface IViewMemory {
  load(): Promise<unknown>;
  save(view: IJobListState): Promise<void>;
}

export class JobListModel extends Store<IJobListState> {
  constructor(private readonly _memory: IViewMemory | null) {
    super({ query: ALL_JOBS, collapsed: [] });
    void this._remember();
  }

  /** Change how jobs are filtered and sorted. */
  look(query: Partial<IJobQuery>): void {
    this._keep({ query: { ...this.state.query, ...query } });
  }

  /** Show all jobs again, sorted as they are. */
  clear(): void {
    this.look({ ...ALL_JOBS, sort: this.state.query.sort });
  }

  fold(project: string, folded: boolean): void {
    const others = this.state.collapsed.filter(other => other !== project);
    this._keep({ collapsed: folded ? [...others, project] : others });
  }

  foldAll(projects: readonly string[]): void {
    this._keep({ collapsed: [...projects] });
  }

  private _keep(change: Partial<IJobListState>): void {
    this._touched = true;
    this.update(change);
    // Not being able to remember is no reason to bother anybody.
    this._memory?.save(this.state).catch(() => undefined);
  }

  private async _remember(): Promise<void> {
    const kept = await this._memory?.load().catch(() => undefined);
    if (!this._touched) {
      this.update(viewOf(kept));
    }
  }

  private _touched = false;
}

/** What was kept, as far as it makes sense: an older version may have kept something else. */
function viewOf(kept: unknown): Partial<IJobListState> {
  const { query, collapsed } = Object(kept) as Record<string, unknown>;
  const { text, status, pipeline, sort } = Object(query) as Record<
    string,
    unknown
  >;
  return {
    query: {
      text: typeof text === 'string' ? text : '',
      status: JOB_STATES.includes(status as JobStatus)
        ? (status as JobStatus)
        : '',
      pipeline: typeof pipeline === 'string' ? pipeline : '',
      sort: JOB_SORTS.includes(sort as JobSort) ? (sort as JobSort) : 'newest'
    },
    collapsed: Array.isArray(collapsed) ? collapsed.map(String) : []
  };
}
