import {
  asMember,
  kindAt,
  memberIn,
  partsOf,
  prettyJson,
  whyNotJson
} from '../jsontexts';
import { english } from './helpers';

describe('a JSON text', () => {
  it.each(['1', ' "a" ', '[1, {"a": null}]', '1.0', '9007199254740993'])(
    'is valid: %s',
    text => {
      expect(whyNotJson(text, english)).toBeNull();
    }
  );

  it.each([
    ['', /Write a value/],
    ['ridge', /double quotes: "ridge"/],
    ['constructor', /double quotes: "constructor"/],
    ["'ridge'", /double quotes: "ridge"/],
    ['True', /In JSON it is true/],
    ['None', /In JSON it is null/],
    ['NaN', /JSON has no NaN/],
    ['[1,', /This is not JSON/],
    ['[{"a": {"b": 1, "b": 2}}]', /key “b” is in one object twice/]
  ])('is not valid, with what to do: %s', (text, why) => {
    expect(whyNotJson(text, english)).toMatch(why);
  });

  it('has parts, whatever is in its strings', () => {
    const text = ' {"a\\"]": [1.0, "}\\\\"] , "b" : {"c": true}, "d":-1e5}';
    const parts = partsOf(text);
    expect(parts.map(({ key }) => key)).toEqual(['a"]', 'b', 'd']);
    expect(parts.map(({ from, to }) => text.slice(from, to))).toEqual([
      '[1.0, "}\\\\"]',
      '{"c": true}',
      '-1e5'
    ]);
    expect(text.slice(parts[1].start, parts[1].to)).toBe('"b" : {"c": true}');
    expect(kindAt(text, parts[0].from)).toBe('array');
  });

  it('has no parts if it is empty', () => {
    expect(partsOf('[ ]')).toEqual([]);
    expect(partsOf('{}')).toEqual([]);
  });

  it('is the member of an object, and back, as it is written', () => {
    const text = '[\n  1.0,\n  "}"\n]';
    expect(memberIn(asMember('a "b"', text), 'a "b"')).toBe(text);
    expect(memberIn('{\n  "a": {\n    "b": 1e2\n  }\n}', 'a')).toBe(
      '{\n  "b": 1e2\n}'
    );
    expect(asMember('a', ' ')).toBe('{}');
    expect(memberIn('{}', 'a')).toBe('');
  });

  it('gets lines if it is long, and keeps its numbers', () => {
    expect(prettyJson(' [1.0] ')).toBe('[1.0]');
    const long = `{"a": [${'1.50, '.repeat(12)}2], "b": 12345678901234567890}`;
    const pretty = prettyJson(long);
    expect(pretty.split('\n')).toHaveLength(18);
    expect(pretty).toContain('  "b": 12345678901234567890');
    expect(pretty.match(/1\.50/g)).toHaveLength(12);
    expect(JSON.parse(pretty)).toEqual(JSON.parse(long));
  });
});
