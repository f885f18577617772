import { parseAnsi } from '../ansi';
import { findAll, markSpans } from '../textsearch';

describe('a search', () => {
  it('finds whatever the case, in all blocks, in their order', () => {
    const { items, more } = findAll(['Ada ada', 'none', 'x ADA'], 'ada');
    expect(items).toEqual([
      { block: 0, start: 0, end: 3 },
      { block: 0, start: 4, end: 7 },
      { block: 2, start: 2, end: 5 }
    ]);
    expect(more).toBe(false);
  });

  it('takes every character as it is', () => {
    const text = 'a.b*c (d) [e] \\ {f} ^$ |/+?-';
    for (const query of ['.', '*', '(d)', '[e]', '\\', '{f}', '^$', '|/+?-']) {
      expect(findAll([text], query).items).toHaveLength(1);
    }
    expect(findAll(['straße İx'], 'x').items).toEqual([
      { block: 0, start: 8, end: 9 }
    ]);
  });

  it('finds nothing for nothing, and stops when there is too much', () => {
    expect(findAll(['abc'], '').items).toEqual([]);
    const { items, more } = findAll(['aaaa', 'aaaa'], 'a', 5);
    expect([items.length, more]).toEqual([5, true]);
    expect(findAll(['aaaaa'], 'a', 5).more).toBe(false);
  });
});

describe('marks', () => {
  const spans = parseAnsi('one \x1b[31mred\x1b[0m end');
  const cut = (...matches: { start: number; end: number }[]) =>
    markSpans(spans, matches).map(({ text, match, colour }) => [
      text,
      match,
      colour
    ]);

  it('cut styled text where they begin and end', () => {
    // "one red end": "e re" and the "e" of "end".
    expect(cut({ start: 2, end: 6 }, { start: 8, end: 9 })).toEqual([
      ['on', null, null],
      ['e ', 0, null],
      ['re', 0, 1],
      ['d', null, 1],
      [' ', null, null],
      ['e', 1, null],
      ['nd', null, null]
    ]);
  });

  it('leave text without any as it is', () => {
    expect(cut()).toEqual([
      ['one ', null, null],
      ['red', null, 1],
      [' end', null, null]
    ]);
  });
});
