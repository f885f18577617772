import { ApiError } from '../../api/errors';
import { Live } from '../live';
import { FakeClient, FakeFeed, pass, UNREACHABLE } from './fakes';

describe('Live', () => {
  let client: FakeClient;
  let live: Live;
  let missed: number;

  beforeEach(async () => {
    jest.useFakeTimers();
    localStorage.clear();
    client = new FakeClient();
    live = new Live(client, new FakeFeed());
    missed = 0;
    live.missed.connect(() => {
      missed += 1;
    });
    live.start();
    await pass(50);
  });

  afterEach(() => {
    live.dispose();
    jest.useRealTimers();
  });

  it('says that all has to be asked for when the server answers first', () => {
    expect(live.state.server).toBe('ok');
    expect(missed).toBe(1);
  });

  it('tells what is odd about the state directory until that is dismissed', async () => {
    expect(live.state.notice).toBe('');
    client.notice = 'It is on a network file system.';
    await pass(31_000);
    expect(live.state.notice).toBe('It is on a network file system.');
    live.dismissNotice();
    expect(live.state.notice).toBe('');
    await pass(31_000);
    expect(live.state.notice).toBe('');
    const reloaded = new Live(client, new FakeFeed());
    reloaded.start();
    await pass(50);
    expect(reloaded.state.notice).toBe('');
    reloaded.dispose();
    client.notice = 'The database was replaced.';
    await pass(31_000);
    expect(live.state.notice).toBe('The database was replaced.');
    client.notice = null;
    await pass(31_000);
    expect(live.state.notice).toBe('');
  });

  it('notices a change without any event, within the poll', async () => {
    client.revision += 1;
    await pass(31_000);
    expect(missed).toBe(2);
  });

  it('says nothing while the revision stands still', async () => {
    await pass(120_000);
    expect(missed).toBe(1);
  });

  it('asks at once when the window gets the focus', async () => {
    client.revision += 1;
    window.dispatchEvent(new Event('focus'));
    await pass(50);
    expect(missed).toBe(2);
  });

  it('finds a server again that went away, soon and by itself', async () => {
    client.down = UNREACHABLE;
    live.report(UNREACHABLE);
    await pass(50);
    expect(live.state.server).toBe('unreachable');
    await pass(3_000);
    client.down = null;
    await pass(10_000);
    expect(live.state.server).toBe('ok');
    expect(missed).toBe(2);
  });

  it('also seeks a server that the slow poll found missing', async () => {
    client.down = UNREACHABLE;
    await pass(30_500);
    expect(live.state.server).toBe('unreachable');
    client.down = null;
    await pass(1_500);
    expect(live.state.server).toBe('ok');
  });

  it('does not take a refusal for a lost server', async () => {
    const before = client.asked.length;
    live.report(new ApiError('refused', 'no', { status: 409, code: 'x' }));
    await pass(1_000);
    expect(client.asked.length).toBe(before);
  });

  it('tells a missing server half from one that does not answer', async () => {
    client.down = new ApiError('missing', 'Not Found', { status: 404 });
    live.retry();
    await pass(50);
    expect(live.state.server).toBe('missing');
  });
});
