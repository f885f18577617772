import { ApiError } from '../../api/errors';
import { RunsAct } from '../../api/types';
import { actOnAll } from '../bulk';
import { Live } from '../live';
import { FakeClient, FakeFeed } from './fakes';

const ids = Array.from({ length: 2_300 }, (_, index) => `run-${index}`);

describe('actOnAll', () => {
  let client: FakeClient;
  let live: Live;
  let pieces: number[];

  beforeEach(() => {
    pieces = [];
    client = new FakeClient();
    client.actOnRuns = async (_: RunsAct, piece: readonly string[]) => {
      pieces.push(piece.length);
      const refused = [{ id: piece[0], message: `${piece[0]} is pinned.` }];
      return { done: piece.slice(1), refused };
    };
    live = new Live(client, new FakeFeed());
  });

  afterEach(() => live.dispose());

  it('acts in pieces, tells how far it is, and collects refusals', async () => {
    const progress: number[] = [];
    const result = await actOnAll(client, live, 'delete', ids, asked =>
      progress.push(asked)
    );
    expect(pieces).toEqual([1_000, 1_000, 300]);
    expect(progress).toEqual([0, 1_000, 2_000]);
    expect(result.done).toBe(2_297);
    expect(result.refused.map(({ id }) => id)).toEqual([
      'run-0',
      'run-1000',
      'run-2000'
    ]);
  });

  it('stops where the server refuses all of it, and still looks again', async () => {
    client.actOnRuns = () =>
      Promise.reject(new ApiError('refused', 'The disk is full.'));
    const looked = jest.spyOn(live, 'retry');
    await expect(
      actOnAll(client, live, 'retry', ids, () => undefined)
    ).rejects.toThrow('The disk is full.');
    expect(looked).toHaveBeenCalled();
  });
});
