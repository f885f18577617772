import { runProgress, segments, snapshotProgress } from '../progress';
import { english } from './helpers';

const NONE = {
  total: 0,
  pending: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  interrupted: 0
};

describe('progress', () => {
  it('counts every run that has ended, however', () => {
    const counts = {
      ...NONE,
      total: 24,
      succeeded: 3,
      failed: 2,
      cancelled: 1,
      interrupted: 1,
      running: 4,
      pending: 13
    };
    expect(runProgress(counts, english)).toBe('7 of 24 runs');
  });

  it('speaks of one run in the singular', () => {
    expect(runProgress({ ...NONE, total: 1 }, english)).toBe('0 of 1 run');
  });

  it('draws interrupted runs as failed, and leaves out what is nought', () => {
    const counts = { ...NONE, total: 8, failed: 1, interrupted: 1, running: 2 };
    expect(segments(counts)).toEqual([
      { kind: 'failed', share: 0.25 },
      { kind: 'running', share: 0.25 }
    ]);
  });

  it('tells of the snapshot until it is ready', () => {
    const snapshot = { status: 'copying', files: 300, files_done: 120 };
    expect(snapshotProgress(snapshot, english)).toBe(
      'Taking the snapshot: 120 of 300 files'
    );
    expect(
      snapshotProgress({ ...snapshot, status: 'ready' }, english)
    ).toBeNull();
  });
});
