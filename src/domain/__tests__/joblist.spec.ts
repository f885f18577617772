import {
  ALL_JOBS,
  filterJobs,
  groupJobs,
  IJobQuery,
  IListedJob,
  isFiltered,
  linesOf,
  pipelinesOf,
  sortJobs
} from '../joblist';
import { english } from './helpers';

function aJob(fields: Partial<IListedJob> & { number: number }): IListedJob {
  return {
    id: `job-${fields.number}`,
    name: `Job ${fields.number}`,
    status: 'succeeded',
    project: '/home/me/wine',
    pipeline_path: 'train.orchest',
    next_firing_at: null,
    ...fields
  };
}

const ids = (jobs: readonly IListedJob[]) => jobs.map(job => job.number);

describe('filterJobs', () => {
  const jobs = [
    aJob({ number: 4, name: 'Wine grid', status: 'running' }),
    aJob({ number: 3, name: 'Nightly', pipeline_path: 'flows/etl.orchest' }),
    aJob({ number: 2, project: '/home/me/forecast', status: 'failed' }),
    aJob({ number: 1, status: 'running', cancel_requested: true })
  ];
  const found = (query: Partial<IJobQuery>) =>
    ids(filterJobs(jobs, { ...ALL_JOBS, ...query }, english));

  it('finds every word in name, pipeline, project or the word of the status', () => {
    expect(found({ text: 'GRID' })).toEqual([4]);
    expect(found({ text: 'etl night' })).toEqual([3]);
    expect(found({ text: 'forecast' })).toEqual([2]);
    expect(found({ text: 'failed' })).toEqual([2]);
    expect(found({ text: 'cancelling' })).toEqual([1]);
    expect(found({ text: 'grid nightly' })).toEqual([]);
    expect(found({ text: '  ' })).toEqual([4, 3, 2, 1]);
  });

  it('narrows by status and pipeline', () => {
    expect(found({ status: 'running' })).toEqual([4, 1]);
    expect(found({ pipeline: 'flows/etl.orchest' })).toEqual([3]);
    expect(found({ pipeline: 'flows/etl.orchest', status: 'failed' })).toEqual(
      []
    );
    expect(isFiltered({ ...ALL_JOBS, sort: 'name' })).toBe(false);
    expect(isFiltered({ ...ALL_JOBS, pipeline: 'x' })).toBe(true);
  });

  it('knows which pipelines there are', () => {
    expect(pipelinesOf(jobs)).toEqual(['flows/etl.orchest', 'train.orchest']);
  });
});

describe('sortJobs', () => {
  const jobs = [
    aJob({ number: 1, name: 'run 10', next_firing_at: '2026-11-23T02:00:00Z' }),
    aJob({ number: 2, name: 'run 2', status: 'failed' }),
    aJob({ number: 3, name: 'Run 1', next_firing_at: '2026-11-22T02:00:00Z' }),
    aJob({ number: 4, name: 'run 2', status: 'running' })
  ];

  it('has an order for each wish; equals come newest first', () => {
    expect(ids(sortJobs(jobs, 'newest'))).toEqual([4, 3, 2, 1]);
    expect(ids(sortJobs(jobs, 'name'))).toEqual([3, 4, 2, 1]);
    expect(ids(sortJobs(jobs, 'status'))).toEqual([4, 2, 3, 1]);
    expect(ids(sortJobs(jobs, 'next'))).toEqual([3, 1, 4, 2]);
  });
});

describe('groupJobs', () => {
  const jobs = [
    aJob({ number: 5, project: '/data/zoo' }),
    aJob({ number: 4, project: '/home/me/wine' }),
    aJob({ number: 3, project: '/home/me' }),
    aJob({ number: 2, project: '/home/me/a/b' }),
    aJob({ number: 1, project: '/home/me/wine' }),
    aJob({ number: 0, project: '/home/mean' })
  ];
  const groups = groupJobs(jobs, '/home/me');

  it('begins with the folder of the server, then goes below it, then elsewhere', () => {
    expect(groups.map(({ title, here }) => [title, here])).toEqual([
      ['me', true],
      ['a/b', true],
      ['wine', true],
      ['mean', false],
      ['zoo', false]
    ]);
    expect(ids(groups[2].jobs)).toEqual([4, 1]);
  });

  it('has lines for projects and for the jobs of those that are open', () => {
    const lines = linesOf(groups, ['/home/me', '/data/zoo']);
    expect(lines.map(line => line.key)).toEqual([
      'project /home/me',
      'project /home/me/a/b',
      'job-2',
      'project /home/me/wine',
      'job-4',
      'job-1',
      'project /home/mean',
      'job-0',
      'project /data/zoo'
    ]);
    expect(lines[0]).toMatchObject({ open: false });
    expect(lines[5]).toMatchObject({ place: 2, of: 2 });
  });
});
