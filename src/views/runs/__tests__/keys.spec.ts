import { IColumn } from '../columns';
import { deedOf } from '../keys';
import { columnWindow } from '../window';

const key = (name: string, held: Partial<Record<string, boolean>> = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...held
});
const rows = { rows: 100, first: -1, last: -2 };
const cells = { rows: 100, first: 3, last: 5 };
const at = (row: number, cell = -1) => ({ row, cell });

describe('keys', () => {
  it.each([
    ['ArrowDown', 5, 6],
    ['ArrowUp', 0, 0],
    ['PageDown', 95, 99],
    ['PageUp', 15, 5],
    ['Home', 50, 0],
    ['End', 50, 99]
  ])('%s from row %i goes to %i', (name, from, to) => {
    expect(deedOf(key(name), at(from), rows)).toEqual({
      deed: 'move',
      to: at(to),
      extend: false
    });
  });

  it('select', () => {
    const shift = { shiftKey: true };
    expect(deedOf(key('ArrowDown', shift), at(1), rows)).toMatchObject({
      extend: true
    });
    expect(deedOf(key(' '), at(1), rows)).toEqual({ deed: 'toggle' });
    expect(deedOf(key('a', { ctrlKey: true }), at(1), rows)).toEqual({
      deed: 'all'
    });
    expect(deedOf(key('Escape'), at(1), rows)).toEqual({ deed: 'none' });
  });

  it('choose cells only where there are some', () => {
    expect(deedOf(key('ArrowRight'), at(1), rows)).toBeNull();
    expect(deedOf(key('ArrowRight'), at(1), cells)).toMatchObject({
      to: at(1, 3)
    });
    expect(deedOf(key('ArrowRight'), at(1, 5), cells)).toMatchObject({
      to: at(1, 5)
    });
    expect(deedOf(key('ArrowLeft'), at(1, 5), cells)).toMatchObject({
      to: at(1, 4)
    });
  });

  it('that mean nothing here are left to others', () => {
    expect(deedOf(key('x'), at(1), rows)).toBeNull();
    expect(deedOf(key('b', { ctrlKey: true }), at(1), rows)).toBeNull();
  });
});

describe('columnWindow', () => {
  const columns = (count: number) =>
    Array.from({ length: count }, () => ({ width: 100 })) as IColumn[];

  it('has all of a few columns', () => {
    expect(columnWindow(columns(30), 0, 500)).toEqual({ from: 0, to: 30 });
  });

  it('has those of many that can be seen, and some beside them', () => {
    expect(columnWindow(columns(200), 0, 500)).toEqual({ from: 0, to: 12 });
    expect(columnWindow(columns(200), 10_000, 10_500)).toEqual({
      from: 96,
      to: 112
    });
  });
});
