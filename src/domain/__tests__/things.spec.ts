/* eslint-disable jupyter/no-untranslated-string -- titles as users give them */

import { keepUnchanged, mergeChanged } from '../merge';
import { byScope, parameterColumns, textOf } from '../parameters';
import { baseName, isPipeline, isShared, splitDrive } from '../paths';
import { isRunnable } from '../stepfiles';
import { cellProgress, firstToLookAt, IStep, titlesBefore } from '../steps';
import { english } from './helpers';

describe('merging', () => {
  const a = { id: 'a', revision: 1, text: 'a' };
  const b = { id: 'b', revision: 2, text: 'b' };

  it('keeps the list itself when nothing changed', () => {
    const list = [a, b];
    expect(mergeChanged(list, [{ ...a }]).items).toBe(list);
    expect(keepUnchanged(list, [{ ...a }, { ...b }])).toBe(list);
  });

  it('never lets an older version win', () => {
    const list = [a, b];
    expect(mergeChanged(list, [{ ...b, revision: 1, text: 'x' }]).items).toBe(
      list
    );
  });

  it('takes other contents of the same revision', () => {
    const fresh = { ...a, text: 'x' };
    expect(mergeChanged([a, b], [fresh]).items).toEqual([fresh, b]);
  });

  it('tells what it does not know', () => {
    const c = { id: 'c', revision: 3, text: 'c' };
    const merged = mergeChanged([a, b], [c]);
    expect(merged.unknown).toEqual([c]);
    expect(merged.items).toEqual([a, b]);
  });

  it('takes a new order', () => {
    expect(keepUnchanged([a, b], [b, a])).toEqual([b, a]);
  });
});

describe('parameters', () => {
  const seed = {
    scope: 'pipeline_parameters',
    scope_title: 'train',
    name: 'seed',
    texts: ['1', '2']
  };
  const fit = { ...seed, scope: 's1', scope_title: 'Fit' };
  const alpha = { ...fit, name: 'alpha', texts: ['0.1'] };

  it('have columns, first those that differ', () => {
    expect(
      parameterColumns([alpha, seed]).map(({ label, differs }) => [
        label,
        differs
      ])
    ).toEqual([
      ['seed', true],
      ['alpha', false]
    ]);
  });

  it('tell how much room they need', () => {
    const model = {
      ...seed,
      name: 'model',
      texts: ['"ridge"', '"lasso path"']
    };
    expect(parameterColumns([seed, model]).map(({ chars }) => chars)).toEqual([
      4, 10
    ]);
  });

  it('are told apart by their scope when they share a name', () => {
    expect(parameterColumns([seed, fit]).map(({ label }) => label)).toEqual([
      'train: seed',
      'Fit: seed'
    ]);
  });

  it('of which one does not differ leave the name to the one that does', () => {
    const constant = { ...fit, texts: ['1'] };
    expect(
      parameterColumns([constant, seed]).map(({ label }) => label)
    ).toEqual(['seed', 'Fit: seed']);
  });

  it('are found in a run, exactly', () => {
    expect(textOf({ s1: { seed: '7.0' } }, fit)).toBe('7.0');
    expect(textOf({}, fit)).toBeUndefined();
  });

  it('are grouped in the order of their scopes', () => {
    const groups = byScope([fit, seed, alpha]);
    expect(groups.map(group => group.title)).toEqual(['Fit', 'train']);
    expect(groups[0].items).toEqual([fit, alpha]);
  });
});

describe('paths', () => {
  it.each([
    ['a/train.orchest', '', 'a/train.orchest'],
    ['RTC:a/train.orchest', '', 'a/train.orchest'],
    ['/a/train.orchest', '', 'a/train.orchest'],
    ['s3:bucket/train.orchest', 's3', 'bucket/train.orchest'],
    ['a/odd:name.orchest', '', 'a/odd:name.orchest']
  ])('%s is on drive “%s” at %s', (path, drive, local) => {
    expect(splitDrive(path)).toEqual({ drive, path: local });
  });

  it('tell of shared documents', () => {
    expect(isShared('RTC:a.ipynb')).toBe(true);
    expect(isShared('RTC/a.ipynb')).toBe(false);
  });

  it('tell pipelines from other files', () => {
    expect(isPipeline('a/b.orchest')).toBe(true);
    expect(isPipeline('a/b.orchest.json')).toBe(false);
  });

  it.each([
    ['a/b.orchest', true],
    ['a/b.ipynb', true],
    ['fit.R', true],
    ['plot.js', true],
    ['Makefile', false],
    ['data.csv', false],
    ['a/.py', false]
  ])('tell what can be run: %s', (path, runnable) => {
    expect(isRunnable(path)).toBe(runnable);
  });

  it('have a name', () => {
    expect(baseName('a/b/c.txt')).toBe('c.txt');
  });
});

describe('steps', () => {
  const step = (fields: Partial<IStep>): IStep => ({
    step: 'a',
    title: 'A',
    incoming: [],
    status: 'succeeded',
    cells: null,
    cells_done: 0,
    failed_cell: null,
    ...fields
  });

  it('are looked at where it hurts', () => {
    const good = step({ step: 'good' });
    const busy = step({ step: 'busy', status: 'running' });
    const lost = step({ step: 'lost', status: 'interrupted' });
    const bad = step({ step: 'bad', status: 'failed' });
    expect(firstToLookAt([good, busy, lost, bad])).toBe(bad);
    expect(firstToLookAt([good, busy, lost])).toBe(lost);
    expect(firstToLookAt([good, busy])).toBe(busy);
    expect(firstToLookAt([good])).toBe(good);
    expect(firstToLookAt([])).toBeUndefined();
  });

  it.each<[Partial<IStep>, string]>([
    [{}, ''],
    [{ status: 'running', cells: 12, cells_done: 4 }, 'cell 5 of 12'],
    [{ status: 'running', cells: 12, cells_done: 12 }, 'cell 12 of 12'],
    [
      { status: 'failed', cells: 12, cells_done: 5, failed_cell: 5 },
      'failed in cell 5 of 12'
    ],
    [{ cells: 12, cells_done: 12 }, '12 cells'],
    [{ status: 'cancelled', cells: 12, cells_done: 3 }, '3 of 12 cells']
  ])('%j: %s', (fields, text) => {
    expect(cellProgress(step(fields), english)).toBe(text);
  });

  it('wait for others, by title', () => {
    const first = step({ step: 'x', title: 'Get data' });
    const then = step({ incoming: ['x', 'gone'] });
    expect(titlesBefore(then, [first, then])).toEqual(['Get data', 'gone']);
  });
});
