import { Live } from '../live';
import { IMemo } from '../memory';
import { RunsModel } from '../runs';
import { RunsView } from '../runsview';
import { aRun, FakeClient, FakeFeed, pass } from './fakes';

describe('RunsView', () => {
  let client: FakeClient;
  let live: Live;
  let kept: unknown;

  const memo: IMemo = {
    load: async () => kept,
    save: value => {
      kept = value;
    },
    forget: () => {
      kept = undefined;
    }
  };

  const opened = async () => {
    const runs = new RunsModel(client, live, 'job-1');
    const view = new RunsView(runs, memo, 'runs');
    await pass(300);
    return { runs, view };
  };

  beforeEach(() => {
    jest.useFakeTimers();
    kept = undefined;
    client = new FakeClient();
    client.runs = [aRun()];
    live = new Live(client, new FakeFeed());
  });

  afterEach(() => {
    live.dispose();
    jest.useRealTimers();
  });

  it('begins where one left off', async () => {
    client.runs = [aRun({ metrics: { rmse: 1 } })];
    const first = await opened();
    first.view.show('matrix');
    first.view.arrange('runs', {
      order: ['b', 'a'],
      shown: { a: false },
      widths: { b: 90 }
    });
    first.runs.sortBy('metric:rmse');
    first.runs.choose({ ...first.runs.state.filter, text: 'lasso' });
    await pass(500);
    first.view.dispose();
    first.runs.dispose();

    client.runs = [aRun()];
    client.asked.length = 0;
    const { runs, view } = await opened();
    expect(view.state.tab).toBe('matrix');
    expect(view.arrangementOf('runs').order).toEqual(['b', 'a']);
    expect(view.arrangementOf('matrix').order).toEqual([]);
    expect(runs.state.sort).toBe('metric:rmse');
    expect(runs.state.metrics).toEqual(['rmse']);
    // Asked once, and for the right ones.
    expect(client.asked.filter(what => what.startsWith('runs'))).toEqual([
      'runs {"job":"job-1","sort":"metric:rmse","text":"lasso","limit":200}'
    ]);
    view.dispose();
    runs.dispose();
  });

  it('passes over what it can not read', async () => {
    kept = { tab: 3, sort: 'size', filter: { status: 'odd', where: [1] } };
    const { runs, view } = await opened();
    expect(view.state.tab).toBe('runs');
    expect(runs.state.sort).toBe('number');
    expect(runs.state.filter.where).toEqual([]);
    expect(runs.state.rows).toHaveLength(1);
    view.dispose();
    runs.dispose();
  });
});
