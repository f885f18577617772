import { Refresher } from '../refresher';
import { pass } from './fakes';

describe('Refresher', () => {
  let asked: number;
  let answer: () => void;
  let refresher: Refresher;

  beforeEach(() => {
    jest.useFakeTimers();
    asked = 0;
    refresher = new Refresher(() => {
      asked += 1;
      return new Promise(resolve => {
        answer = resolve;
      });
    }, 100);
  });

  afterEach(() => {
    refresher.dispose();
    jest.useRealTimers();
  });

  it('asks one at a time, and once more for all wishes meanwhile', async () => {
    refresher.request();
    await pass(10);
    refresher.request();
    refresher.request();
    await pass(1_000);
    expect(asked).toBe(1);
    answer();
    await pass(1_000);
    expect(asked).toBe(2);
    answer();
    await pass(1_000);
    expect(asked).toBe(2);
  });

  it('keeps a distance between two requests', async () => {
    refresher.request();
    await pass(10);
    answer();
    await pass(10);
    refresher.request();
    await pass(50);
    expect(asked).toBe(1);
    await pass(60);
    expect(asked).toBe(2);
  });

  it('asks nothing after its end', async () => {
    refresher.request();
    refresher.dispose();
    refresher.request();
    await pass(1_000);
    expect(asked).toBe(0);
  });
});
