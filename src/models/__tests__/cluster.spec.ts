import { ApiError } from '../../api/errors';
import { Cluster } from '../../api/types';
import { ClusterModel } from '../cluster';
import { aCluster, pass, UNREACHABLE } from './fakes';

describe('ClusterModel', () => {
  let now: Cluster;
  let asked: number;
  let down: ApiError | null;
  let model: ClusterModel;

  beforeEach(() => {
    jest.useFakeTimers();
    now = aCluster();
    asked = 0;
    down = null;
    model = new ClusterModel({
      getCluster: async () => {
        asked += 1;
        if (down !== null) {
          throw down;
        }
        return now;
      },
      changeCluster: async changes => {
        if (changes.address === 'nonsense') {
          throw new ApiError('refused', 'No address.');
        }
        now = { ...now, ...(changes as Partial<Cluster>) };
        return now;
      }
    });
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  it('asks at once, and often only while it matters', async () => {
    await pass(10_000);
    expect(model.state.cluster).toEqual(now);
    const calm = asked;
    expect(calm).toBeLessThan(3);
    model.watch(true);
    await pass(10_000);
    expect(asked - calm).toBeGreaterThan(3);
    model.dispose();
    const last = asked;
    await pass(60_000);
    expect(asked).toBe(last);
  });

  it('says why the server can’t be asked, until it can', async () => {
    down = UNREACHABLE;
    model.watch(true);
    await pass(3_000);
    expect(model.state.message).not.toBe('');
    down = null;
    await pass(20_000);
    expect(model.state).toMatchObject({ message: '', cluster: now });
  });

  it('forgets what was asked while it was changed', async () => {
    let answer: (cluster: Cluster) => void = () => undefined;
    const before = now;
    const client = {
      getCluster: () =>
        new Promise<Cluster>(resolve => {
          answer = resolve;
        }),
      changeCluster: async () => {
        model.look();
        await pass(0);
        return aCluster({ slots: 7 });
      }
    };
    model.dispose();
    model = new ClusterModel(client);
    await model.change({ slots: 7 });
    answer(before);
    await pass(0);
    expect(model.state.cluster?.slots).toBe(7);
  });

  it('changes settings, and says what was refused', async () => {
    await model.change({ address: 'nonsense' });
    expect(model.state).toMatchObject({
      saving: 'refused',
      refusal: 'No address.'
    });
    await model.change({ address: 'tcp://127.0.0.1:8786' });
    expect(model.state).toMatchObject({ saving: 'saved', refusal: '' });
    expect(model.state.cluster?.address).toBe('tcp://127.0.0.1:8786');
  });
});
