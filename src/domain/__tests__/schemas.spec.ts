import { schemaFileOf } from '../paths';
import { SchemaCheck, SchemaUnusable } from '../schemas';
import { english } from './helpers';

const SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://example.org/train',
  type: 'object',
  required: ['rate'],
  additionalProperties: false,
  definitions: { share: { type: 'number', exclusiveMinimum: 0, maximum: 1 } },
  properties: {
    rate: { $ref: '#/definitions/share' },
    kind: { enum: ['ridge', 'lasso'] },
    day: { type: 'string', format: 'date' },
    'a/b': { type: 'array', items: { type: 'integer' }, minItems: 1 }
  }
};

const checkOf = (schema: unknown) =>
  new SchemaCheck(JSON.stringify(schema), english);

describe('a schema of parameters', () => {
  it('lies beside the file', () => {
    expect(schemaFileOf('p/main.orchest')).toBe('p/main.orchest.schema.json');
  });

  it('allows what it says', () => {
    const check = checkOf(SCHEMA);
    const value = { rate: 0.5, kind: 'ridge', day: '2026-11-22', 'a/b': [1] };
    expect(check.problems(value)).toEqual([]);
    expect(check.schema).toEqual(SCHEMA);
  });

  it('tells what is wrong, and where', () => {
    const told = checkOf(SCHEMA)
      .problems({ kind: 'tree', day: 'today', 'a/b': [1, 'x'], more: 1 })
      .map(({ path, message }) => [path, message]);
    expect(told).toEqual([
      [[], '“rate” is missing.'],
      [['more'], 'The schema has no such parameter.'],
      [['kind'], 'This must be one of "ridge", "lasso".'],
      [['day'], 'This must have the format date.'],
      [['a/b', 1], 'This must be of type integer.']
    ]);
    expect(checkOf(SCHEMA).problems([])).toHaveLength(1);
  });

  it('makes forms of single parameters', () => {
    const check = checkOf({ ...SCHEMA, patternProperties: { '^x': {} } });
    expect(check.formOf('rate')).toEqual({
      $schema: SCHEMA.$schema,
      definitions: SCHEMA.definitions,
      type: 'object',
      properties: { rate: SCHEMA.properties.rate }
    });
    expect(check.formOf('rate')).toBe(check.formOf('rate'));
    expect(check.formOf('x')).toBeNull();
    expect(check.formOf('more')).toBeNull();
    // What patterns say of it would not be in the form.
    const more = checkOf({ ...SCHEMA, patternProperties: { '^ra': {} } });
    expect(more.formOf('rate')).toBeNull();
  });

  it('has patterns that hold nobody up', () => {
    const check = checkOf({
      properties: {
        a: { pattern: '^(a+)+$' },
        b: { pattern: '^(a|a)*b$' },
        c: { pattern: '^[a-z]+(-[a-z]+)*$' }
      }
    });
    const long = `${'a'.repeat(9_000)}!`;
    const text = JSON.stringify({ a: long, b: long, c: 'two-words' });
    expect(check.issues(text).map(({ message }) => message)).toEqual([
      'This must match ^(a+)+$.',
      'This must match ^(a|a)*b$.'
    ]);
    expect(check.problems({ a: 'aa', b: 'aab' })).toEqual([]);
    for (const pattern of ['(?=a)b', '(a)\\1', '(']) {
      const schema = { properties: { a: { pattern } } };
      expect(() => checkOf(schema)).toThrow(SchemaUnusable);
      expect(() => checkOf(schema)).toThrow(`pattern ${pattern}: `);
    }
  });

  it('says why it can’t be applied to what is too long for a pattern', () => {
    const d = { pattern: '^(a?){500}a{500}$' };
    const check = checkOf({ properties: { d } });
    expect(check.problems({ d: 'a'.repeat(400) })).toHaveLength(1);
    const [problem] = check.problems({ d: 'a'.repeat(50_000) });
    expect(problem.path).toEqual([]);
    expect(problem.message).toMatch(
      /^The schema can’t be applied to this: .* at most \d+ characters\.$/
    );
  });

  it('says that it can’t be applied where it has no end', () => {
    const check = checkOf({
      properties: { a: { $ref: '#/definitions/a' } },
      definitions: { a: { allOf: [{ $ref: '#/definitions/a' }] } }
    });
    expect(check.problems({})).toEqual([]);
    const [problem, ...more] = check.problems({ a: 1 });
    expect(problem.message).toContain('The schema can’t be applied to this: ');
    expect(more).toEqual([]);
  });

  const NODE = { type: 'object', properties: { next: { $ref: '#/$defs/n' } } };

  it.each([
    ['leads back to itself', { $ref: '#/$defs/n' }],
    ['is the whole', { $ref: '#' }],
    ['is within its own list', { type: 'array', items: { $ref: '#' } }],
    ['has a name of its own', { $ref: '#named' }]
  ])('is no form if a part of it %s, and checks', (_, a) => {
    const named = { $anchor: 'named', type: 'integer' };
    const properties = { a, b: { type: 'integer' } };
    const check = checkOf({ $defs: { n: NODE, named }, properties });
    expect(check.form).toBeNull();
    expect(check.formOf('a')).toBeNull();
    expect(check.formOf('b')).not.toBeNull();
    expect(check.problems({ a: 'x', b: 'x' })).not.toEqual([]);
  });

  it('is a form if its parts refer to each other', () => {
    const properties = {
      a: { $ref: '#/properties/b' },
      b: { $ref: '#/$defs/a~1b%20c' },
      c: { $ref: '#/$defs/a~1b%20c' }
    };
    const $defs = { 'a/b c': { type: 'integer' }, unused: { $ref: '#' } };
    const check = checkOf({ $defs, properties });
    expect(check.form).toBe(check.schema);
    expect(check.formOf('b')).not.toBeNull();
    // What it refers to is not in the form of it alone.
    expect(check.formOf('a')).toBeNull();
  });

  it('tells it at the places of a text', () => {
    const text = '{\n  "rate": 0,\n  "more": [1]\n}';
    const issues = checkOf(SCHEMA).issues(text);
    expect(
      issues.map(({ from, to, message }) => [text.slice(from, to), message])
    ).toEqual([
      ['[1]', 'The schema has no such parameter.'],
      ['0', 'This must be more than 0.']
    ]);
    expect(checkOf(SCHEMA).issues('{')).toEqual([]);
  });

  it('checks one value without the others', () => {
    const check = checkOf(SCHEMA);
    expect(check.problemsOf('kind', 'ridge')).toEqual([]);
    expect(check.problemsOf('rate', 2)).toEqual([
      { path: ['rate'], message: 'This must be at most 1.' }
    ]);
    expect(check.problemsOf('more', 1)).toEqual([
      { path: ['more'], message: 'The schema has no such parameter.' }
    ]);
    expect(checkOf({ properties: {} }).problemsOf('more', 1)).toEqual([]);
  });

  it('may be of a newer draft', () => {
    const check = checkOf({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: {
        pair: { prefixItems: [{ type: 'string' }, { type: 'number' }] }
      }
    });
    expect(check.problems({ pair: ['a', 1] })).toEqual([]);
    expect(check.problems({ pair: ['a', 'b'] })).toHaveLength(1);
  });

  it.each([
    '{',
    '[]',
    '{"type": "array"}',
    '{"properties": {"a": {"type": "nothing"}}}',
    '{"properties": {"a": {"$ref": "other.json"}}}'
  ])('is refused if it can’t be used: %s', text => {
    expect(() => new SchemaCheck(text, english)).toThrow(SchemaUnusable);
  });
});
