import { Live } from '../live';
import { LogModel } from '../log';
import { FakeClient, FakeFeed, pass, UNREACHABLE } from './fakes';

describe('LogModel', () => {
  let client: FakeClient;
  let live: Live;
  let model: LogModel;

  beforeEach(() => {
    jest.useFakeTimers();
    client = new FakeClient();
    live = new Live(client, new FakeFeed());
    model = new LogModel(client, live, 'run-1', 'fit');
  });

  afterEach(() => {
    model.dispose();
    live.dispose();
    jest.useRealTimers();
  });

  const text = () => model.state.blocks.map(block => block.text).join('');
  const asked = () => client.asked.filter(what => what.startsWith('log'));

  it('asks only for what came since', async () => {
    client.logs.fit = { text: 'one\n', finished: false };
    model.setActive(true);
    await pass(10);
    client.logs.fit.text += 'two\n';
    await pass(800);
    expect(text()).toBe('one\ntwo\n');
    expect(asked()[1]).toBe('log run-1 fit 4');
  });

  it('begins anew when the step is tried again', async () => {
    client.logs.fit = { text: 'of the first try\n', finished: false };
    model.setActive(true);
    await pass(10);
    client.logs.fit = { text: 'of 2\n', finished: true, tries: 2 };
    await pass(800);
    expect(text()).toBe('of 2\n');
    expect(model.state.finished).toBe(true);
  });

  it('stops when the log is finished', async () => {
    client.logs.fit = { text: 'all\n', finished: true };
    model.setActive(true);
    await pass(10_000);
    expect(model.state.finished).toBe(true);
    expect(asked()).toHaveLength(1);
  });

  it('begins a long log near its end, with a whole line', async () => {
    const line = `${'x'.repeat(99)}\n`;
    client.logs.fit = { text: line.repeat(10_000), finished: true };
    model.setActive(true);
    await pass(10);
    expect(text().length).toBeLessThan(300_000);
    expect(text().split('\n')[0]).toHaveLength(99);
    expect(model.state.skipped + text().length).toBe(1_000_000);
  });

  it('keeps all lines in order, and old blocks as they are', async () => {
    client.logs.fit = { text: '', finished: false };
    model.setActive(true);
    await pass(10);
    let all = '';
    for (let i = 0; i < 5_000; i++) {
      all += `line ${i}\n`;
    }
    client.logs.fit.text = all;
    await pass(800);
    expect(text()).toBe(all);
    const [first] = model.state.blocks;
    client.logs.fit.text += 'more\n';
    await pass(800);
    expect(model.state.blocks[0]).toBe(first);
    expect(text()).toBe(`${all}more\n`);
  });

  it('lets go of the beginning before a page gets slow', async () => {
    client.logs.fit = { text: '', finished: false };
    model.setActive(true);
    await pass(10);
    client.logs.fit.text = 'some text of a line\n'.repeat(100_000);
    await pass(800);
    expect(text().length).toBeLessThanOrEqual(1024 * 1024);
    expect(model.state.skipped + text().length).toBe(2_000_000);
  });

  it('goes on at once when a lost server is back', async () => {
    client.logs.fit = { text: 'one\n', finished: false };
    live.start();
    model.setActive(true);
    await pass(50);
    client.down = UNREACHABLE;
    await pass(2_000);
    client.down = null;
    client.logs.fit.text += 'two\n';
    live.retry();
    await pass(50);
    expect(text()).toBe('one\ntwo\n');
  });

  it('waits for a log that is not there yet', async () => {
    model.setActive(true);
    await pass(10);
    expect(model.state.message).toBe('');
    client.logs.fit = { text: 'late\n', finished: true };
    await pass(6_000);
    expect(text()).toBe('late\n');
  });
});
