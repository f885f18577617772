import fc from 'fast-check';

import { rewritten } from '../rewrite';
import { pipelineFile } from './generated';

const TEXT = `{
  "rate": 1.0,
  "names": ["a", "b"],
  "grid": [
    1.0,
    {
      "x": 1e3
    }
  ],
  "deep": {"a": 1.50, "b": null}
}`;

describe('a text with other values', () => {
  it('keeps how the rest is written', () => {
    const value = JSON.parse(TEXT);
    expect(rewritten(TEXT, value)).toBe(TEXT);
    expect(rewritten(TEXT, { ...value, names: ['a', 'c'] })).toBe(
      TEXT.replace('"b"]', '"c"]')
    );
    expect(rewritten(TEXT, { ...value, names: ['z', 'a', 'b'] })).toBe(
      TEXT.replace('["a", "b"]', '["z", "a", "b"]')
    );
    expect(
      rewritten(TEXT, { ...value, deep: { a: 1.5, b: [2], c: 'new' } })
    ).toBe(
      TEXT.replace(
        '{"a": 1.50, "b": null}',
        '{"a": 1.50, "b": [\n    2\n  ], "c": "new"}'
      )
    );
    expect(rewritten(TEXT, { ...value, grid: [1, 2, { x: 1000 }] })).toBe(
      TEXT.replace('1.0,\n    {', '1.0,\n    2,\n    {')
    );
    expect(rewritten(TEXT, { ...value, rate: undefined, grid: [] })).toBe(
      `{\n  "names": ["a", "b"],\n  "grid": [],\n  "deep": {"a": 1.50, "b": null}\n}`
    );
    expect(rewritten('{"a": 1}', { b: 2 })).toBe('{"b": 2}');
    expect(rewritten('{}', { b: 2 })).toBe('{\n    "b": 2\n}');
  });

  it('has names that mean something to objects like any other', () => {
    const names = '{"toString": 1, "b": 2, "__proto__": 3}';
    const without = JSON.parse('{"b": 2}');
    expect(rewritten(names, without)).toBe('{"b": 2}');
    expect(rewritten('{"toString": 1}', { b: 2 })).toBe('{"b": 2}');
    const more = '{"a": 1, "b": 2, "__proto__": 3}';
    expect(rewritten('{"a": 1, "b": 2}', JSON.parse(more))).toBe(more);
  });

  it('means the new values, whatever both are', () => {
    const json = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.jsonValue({ maxDepth: 2 })
    );
    fc.assert(
      fc.property(json, json, fc.constantFrom(0, 1, 4), (from, to, indent) => {
        const text = JSON.stringify(from, null, indent);
        const result = JSON.parse(rewritten(text, to));
        expect(result).toEqual(JSON.parse(JSON.stringify(to)));
      }),
      { numRuns: 500 }
    );
    fc.assert(
      fc.property(pipelineFile, ({ text }) => {
        const bare = text.replace(/^\uFEFF/, '');
        expect(rewritten(bare, JSON.parse(bare))).toBe(bare);
      })
    );
  });
});
