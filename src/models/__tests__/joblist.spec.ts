import { ALL_JOBS } from '../../domain/joblist';
import { IJobListState, JobListModel } from '../joblist';

describe('JobListModel', () => {
  const memory = (kept: unknown) => ({
    kept,
    load: async () => kept,
    async save(view: IJobListState) {
      this.kept = view;
    }
  });
  const settle = () => new Promise(resolve => setTimeout(resolve, 0));

  it('remembers how jobs were looked at', async () => {
    const shelf = memory(undefined);
    const list = new JobListModel(shelf);
    await settle();
    list.look({ text: 'grid', status: 'failed', sort: 'name' });
    list.fold('/home/me/a', true);
    list.fold('/home/me/b', true);
    list.fold('/home/me/a', false);
    const again = new JobListModel(memory(shelf.kept));
    await settle();
    expect(again.state).toEqual({
      query: { text: 'grid', status: 'failed', pipeline: '', sort: 'name' },
      collapsed: ['/home/me/b']
    });
    again.clear();
    expect(again.state.query).toEqual({ ...ALL_JOBS, sort: 'name' });
  });

  it('takes nothing that makes no sense', async () => {
    for (const kept of [
      7,
      { query: { status: 'lost', sort: 'colour', text: 3 }, collapsed: 'all' }
    ]) {
      const list = new JobListModel(memory(kept));
      await settle();
      expect(list.state).toEqual({ query: ALL_JOBS, collapsed: [] });
    }
  });

  it('does without a memory that fails, and keeps what was done meanwhile', async () => {
    const broken = {
      load: () => Promise.reject(new Error('no')),
      save: () => Promise.reject(new Error('no'))
    };
    const list = new JobListModel(broken);
    list.look({ text: 'a' });
    await settle();
    expect(list.state.query.text).toBe('a');
    const late = new JobListModel(memory({ query: { text: 'old' } }));
    late.look({ text: 'new' });
    await settle();
    expect(late.state.query.text).toBe('new');
  });
});
