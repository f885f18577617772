import { Live } from '../live';
import { RunsModel } from '../runs';
import { RunSelection } from '../runselection';
import { aRun, FakeClient, FakeFeed, pass } from './fakes';

describe('RunSelection', () => {
  let client: FakeClient;
  let feed: FakeFeed;
  let live: Live;
  let runs: RunsModel;
  let selection: RunSelection;

  const numbers = () => selection.runs.map(run => run.number);

  beforeEach(async () => {
    jest.useFakeTimers();
    client = new FakeClient();
    feed = new FakeFeed();
    live = new Live(client, feed);
    client.runs = Array.from({ length: 300 }, (_, i) =>
      aRun({ number: i + 1 })
    );
    runs = new RunsModel(client, live, 'job-1');
    selection = new RunSelection(runs);
    runs.begin({});
    await pass(300);
  });

  afterEach(() => {
    selection.dispose();
    runs.dispose();
    live.dispose();
    jest.useRealTimers();
  });

  it('takes runs one by one, and lets go of them', () => {
    selection.toggle(4);
    selection.toggle(1);
    expect(numbers()).toEqual([2, 5]);
    selection.toggle(4);
    expect(numbers()).toEqual([2]);
  });

  it('takes a range in both directions from where it began', () => {
    selection.toggle(4);
    selection.extend(6);
    expect(numbers()).toEqual([5, 6, 7]);
    selection.extend(3);
    expect(numbers()).toEqual([4, 5]);
  });

  it('begins a range at the active run if nothing was selected', () => {
    selection.extend(3, 2);
    expect(numbers()).toEqual([3, 4]);
  });

  it('takes all, also those that are not loaded yet', async () => {
    void selection.all();
    expect(selection.state.loading).toBe(true);
    await pass(300);
    expect(selection.state.ids.size).toBe(300);
    expect(selection.state.loading).toBe(false);
  });

  it('stays when runs change, and drops those that are gone', async () => {
    selection.toggle(0);
    selection.toggle(1);
    client.changeRun('run-1', { status: 'failed' });
    client.runs = client.runs.filter(run => run.id !== 'run-2');
    client.deletedRuns = ['run-2'];
    feed.run('run-1', 'job-1', 'failed');
    await pass(300);
    expect(numbers()).toEqual([1]);
    selection.clear();
    expect(numbers()).toEqual([]);
  });
});
