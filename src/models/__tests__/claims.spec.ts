import { Claims } from '../claims';
import { FakeBrowser } from './browser';
import { pass } from './fakes';

describe('Claims', () => {
  let browser: FakeBrowser;

  beforeEach(() => {
    jest.useFakeTimers();
    browser = new FakeBrowser();
  });

  afterEach(() => jest.useRealTimers());

  /** Which of the windows may do it, when all of them ask. */
  async function takers(claims: Claims[], thing: string): Promise<number[]> {
    const took: number[] = [];
    claims.forEach((claim, window) => {
      void claim.take(thing).then(mine => mine && took.push(window));
    });
    await pass(2_000);
    return took;
  }

  it('give each thing to one window, once', async () => {
    const claims = [1, 2, 3].map(() => new Claims(browser.open(), () => true));
    expect(await takers(claims, 'job-1')).toHaveLength(1);
    expect(await takers(claims, 'job-1')).toEqual([]);
    expect(await takers(claims, 'job-2')).toHaveLength(1);
    const later = new Claims(browser.open(), () => true);
    expect(await takers([later], 'job-2')).toEqual([]);
  });

  it('prefer the window that is looked at', async () => {
    const claims = [false, false, true, false].map(
      focus => new Claims(browser.open(), () => focus)
    );
    expect(await takers(claims, 'job-1')).toEqual([2]);
  });

  it('are of one server', async () => {
    const claims = ['/user/ada/', '/user/bob/'].map(
      scope => new Claims(browser.open(scope), () => true)
    );
    expect(await takers(claims, 'job-1')).toEqual([0, 1]);
  });

  it('rather tell twice than never if nothing can be stored', async () => {
    browser.forbidden = true;
    const claims = new Claims(browser.open(), () => true);
    expect(await takers([claims], 'job-1')).toEqual([0]);
  });

  it('are forgotten after a day', async () => {
    const claims = new Claims(browser.open(), () => true);
    expect(await takers([claims], 'job-1')).toEqual([0]);
    await pass(25 * 3_600_000);
    const next = new Claims(browser.open(), () => true);
    expect(await takers([next], 'job-1')).toEqual([0]);
  });
});
