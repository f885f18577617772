import {
  arranged,
  AS_IT_IS,
  moved,
  ordered,
  readArrangement,
  withShown,
  withWidth
} from '../arrangement';

const columns = [
  { key: 'number', width: 80, fixed: true },
  { key: 'a', width: 50 },
  { key: 'b', width: 60 },
  { key: 'size', width: 70, extra: true }
];
const keys = (items: readonly { key: string }[]) =>
  items.map(({ key }) => key).join();

describe('an arrangement', () => {
  it('leaves out what is extra until it is wanted', () => {
    expect(keys(arranged(columns, AS_IT_IS))).toBe('number,a,b');
    const wanted = withShown(AS_IT_IS, 'size', true);
    expect(keys(arranged(columns, wanted))).toBe('number,a,b,size');
  });

  it('never hides what is fixed', () => {
    const hidden = withShown(AS_IT_IS, 'number', false);
    expect(keys(arranged(columns, hidden))).toBe('number,a,b');
  });

  it('moves a column, but not past the ends nor before what is fixed', () => {
    const once = moved(columns, AS_IT_IS, 'b', -1);
    expect(keys(arranged(columns, once))).toBe('number,b,a');
    expect(moved(columns, once, 'b', -1)).toBe(once);
  });

  it('puts new columns beside those that they follow', () => {
    const once = moved(columns, AS_IT_IS, 'b', -1);
    const more = [
      ...columns.slice(0, 3),
      { key: 'c', width: 50 },
      ...columns.slice(3)
    ];
    expect(keys(ordered(more, once))).toBe('number,b,c,a,size');
  });

  it('has widths within reason', () => {
    const wide = withWidth(withWidth(AS_IT_IS, 'a', 1e6), 'b', -3);
    expect(arranged(columns, wide).map(({ width }) => width)).toEqual([
      80, 1000, 48
    ]);
  });

  it('is what was kept, as far as it makes sense', () => {
    const kept = { order: ['b', 1], shown: { a: 1, b: false }, widths: null };
    expect(readArrangement(kept)).toEqual({
      order: ['b'],
      shown: { b: false },
      widths: {}
    });
    expect(readArrangement(undefined)).toEqual(AS_IT_IS);
  });
});
