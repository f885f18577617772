import { chunks, planBulk } from '../runbulk';
import { english as words } from './helpers';

const run = {
  status: 'failed',
  cancel_requested: false,
  retry_requested: false,
  pinned: false,
  has_files: true
} as const;

describe('the same act on many runs', () => {
  it('is done where it is possible, and says why not elsewhere', () => {
    const runs = [
      run,
      { ...run, status: 'succeeded' } as const,
      { ...run, status: 'succeeded' } as const,
      { ...run, status: 'running' } as const
    ];
    const { able, reasons } = planBulk('retry', runs, words);
    expect(able).toEqual([run]);
    expect([...reasons]).toEqual([
      ['all of its steps have succeeded', 2],
      ['it has not ended; cancel it first', 1]
    ]);
  });

  it('spares what is pinned', () => {
    const pinned = { ...run, pinned: true };
    expect(planBulk('delete', [pinned, run], words).able).toEqual([run]);
  });

  it('comes in pieces', () => {
    expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(chunks([], 2)).toEqual([]);
  });
});
