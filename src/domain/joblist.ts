/** The list of jobs as it is looked at: filtered, sorted, and grouped by project. */

import { belowRoot, baseName } from './paths';
import { IStateful, JobStatus, shownStatus } from './status';
import { IWords } from './words';

export interface IListedJob extends IStateful {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly status: JobStatus;
  /** The absolute path of its project. */
  readonly project: string;
  readonly pipeline_path: string;
  readonly next_firing_at: string | null;
}

export const JOB_SORTS = ['newest', 'name', 'status', 'next'] as const;
export type JobSort = (typeof JOB_SORTS)[number];

/** States in the order in which people look for them. */
export const JOB_STATES: readonly JobStatus[] = [
  'running',
  'scheduled',
  'paused',
  'draft',
  'failed',
  'cancelled',
  'succeeded'
];

export interface IJobQuery {
  /** Words that name, pipeline, project or state have to contain. */
  readonly text: string;
  /** Empty: all. */
  readonly status: JobStatus | '';
  /** The path of a pipeline in its project; empty: all. */
  readonly pipeline: string;
  readonly sort: JobSort;
}

export const ALL_JOBS: IJobQuery = {
  text: '',
  status: '',
  pipeline: '',
  sort: 'newest'
};

/** A project with its jobs. */
export interface IJobGroup<J> {
  readonly project: string;
  readonly title: string;
  /** Whether it is below the folder of this server. */
  readonly here: boolean;
  readonly jobs: readonly J[];
}

/** A line of the list. */
export type JobLine<J> =
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly group: IJobGroup<J>;
      readonly open: boolean;
    }
  | {
      readonly kind: 'job';
      readonly key: string;
      readonly job: J;
      /** Its place in its group, from 1. */
      readonly place: number;
      readonly of: number;
    };

/** Whether anything is filtered out. */
export function isFiltered(query: IJobQuery): boolean {
  return (
    query.text.trim() !== '' || query.status !== '' || query.pipeline !== ''
  );
}

export function filterJobs<J extends IListedJob>(
  jobs: readonly J[],
  query: IJobQuery,
  trans: IWords
): readonly J[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const { status, pipeline } = query;
  if (!isFiltered(query)) {
    return jobs;
  }
  return jobs.filter(job => {
    if (
      (status !== '' && job.status !== status) ||
      (pipeline !== '' && job.pipeline_path !== pipeline)
    ) {
      return false;
    }
    const text = [
      job.name,
      job.pipeline_path,
      job.project,
      shownStatus(job, trans)
    ]
      .join('\n')
      .toLowerCase();
    return words.every(word => text.includes(word));
  });
}

/** Sorted anew; those that are equal come newest first. */
export function sortJobs<J extends IListedJob>(
  jobs: readonly J[],
  sort: JobSort
): J[] {
  const newest = (a: J, b: J) => b.number - a.number;
  const state = (job: J) => JOB_STATES.indexOf(job.status);
  const next = (job: J) =>
    job.next_firing_at === null ? Infinity : Date.parse(job.next_firing_at);
  const orders: Record<JobSort, (a: J, b: J) => number> = {
    newest,
    name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
    status: (a, b) => state(a) - state(b),
    next: (a, b) => (next(a) === next(b) ? 0 : next(a) - next(b))
  };
  const order = orders[sort];
  return [...jobs].sort((a, b) => order(a, b) || newest(a, b));
}

/** By project: the server's own folder first, then those below it, then those elsewhere. */
export function groupJobs<J extends IListedJob>(
  jobs: readonly J[],
  root: string
): IJobGroup<J>[] {
  const found = new Map<string, J[]>();
  for (const job of jobs) {
    const group = found.get(job.project);
    if (group === undefined) {
      found.set(job.project, [job]);
    } else {
      group.push(job);
    }
  }
  const groups = [...found].map(([project, members]) => {
    const below = project === root ? '' : belowRoot(project, root);
    const group: IJobGroup<J> = {
      project,
      title: below || baseName(project),
      here: below !== null,
      jobs: members
    };
    return { group, rank: below === '' ? 0 : below !== null ? 1 : 2 };
  });
  const title = ({ group }: { group: IJobGroup<J> }) => group.title;
  return groups
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        title(a).localeCompare(title(b), undefined, { numeric: true }) ||
        a.group.project.localeCompare(b.group.project)
    )
    .map(({ group }) => group);
}

/** What is shown line by line; the jobs of collapsed groups are not. */
export function linesOf<J extends IListedJob>(
  groups: readonly IJobGroup<J>[],
  collapsed: readonly string[]
): JobLine<J>[] {
  return groups.flatMap(group => {
    const open = !collapsed.includes(group.project);
    const head: JobLine<J> = {
      kind: 'group',
      key: `project ${group.project}`,
      group,
      open
    };
    const of = group.jobs.length;
    return open
      ? [
          head,
          ...group.jobs.map((job, index): JobLine<J> => ({
            kind: 'job',
            key: job.id,
            job,
            place: index + 1,
            of
          }))
        ]
      : [head];
  });
}

/** The pipelines that jobs have, by path. */
export function pipelinesOf(jobs: readonly IListedJob[]): string[] {
  return [...new Set(jobs.map(job => job.pipeline_path))].sort((a, b) =>
    a.localeCompare(b)
  );
}
