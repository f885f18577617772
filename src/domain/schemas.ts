/** JSON schemas of parameters: `<file>.schema.json` beside a pipeline or a step's file. */

import Ajv, { ErrorObject, ValidateFunction } from 'ajv';
import Ajv2019 from 'ajv/dist/2019';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { findNodeAtLocation } from 'jsonc-parser';

import { canBeForm } from './formable';
import { patternOf } from './patterns';
import { parseText } from './pipeline/tree';
import { IWords } from './words';

export type Schema = Readonly<Record<string, unknown>>;

/** Something that a schema doesn't allow. */
export interface ISchemaProblem {
  /** Keys and indices that lead to the value. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A schema that can't be used; the message says why. */
export class SchemaUnusable extends Error {}

/** Checks parameters by a schema of the object that they are in. */
export class SchemaCheck {
  /**
   * @param text - The content of the schema's file.
   * @throws SchemaUnusable: no JSON, no schema of an object, or one that refers to another file.
   */
  constructor(
    text: string,
    private readonly _trans: IWords
  ) {
    this.schema = schemaIn(text, _trans);
    try {
      this._check = compiled(this.schema);
      this.form = canBeForm(this.schema) ? this.schema : null;
    } catch (reason) {
      throw new SchemaUnusable(messageOf(reason));
    }
  }

  /** As it is in the file. */
  readonly schema: Schema;

  /** The same, for a form; null if there can be none. */
  readonly form: Schema | null;

  /** What is wrong with all parameters. */
  problems(parameters: unknown): ISchemaProblem[] {
    return this._told(this._check, parameters);
  }

  /** What is wrong with a value of one of them, as a job has it; nothing if it isn't described. */
  problemsOf(name: string, value: unknown): ISchemaProblem[] {
    let check = this._members.get(name);
    if (check === undefined) {
      check = compiled(memberSchema(this.schema, name));
      this._members.set(name, check);
    }
    // The value is the one member of an object that lacks nothing.
    return this._told(check, { [name]: value });
  }

  /** The schema of an object that has one of them only, for a form; null if there can be none. */
  formOf(name: string): Schema | null {
    let form = this._forms.get(name);
    if (form === undefined) {
      const { properties, patternProperties } = this.schema;
      const own = isObject(properties) ? properties[name] : undefined;
      const { $schema, $defs, definitions } = this.schema;
      // A form would say less than is checked.
      const hasMore = Object.keys(patternProperties ?? {}).some(pattern =>
        patternOf(pattern).test(name)
      );
      const alone = withoutUndefined({
        $schema,
        $defs,
        definitions,
        type: 'object',
        properties: { [name]: own }
      });
      form = isObject(own) && !hasMore && canBeForm(alone) ? alone : null;
      this._forms.set(name, form);
    }
    return form;
  }

  /** What is wrong with parameters as they are written, at the places of the text. */
  issues(text: string): { from: number; to: number; message: string }[] {
    const { root } = parseText(text);
    if (root === null) {
      return [];
    }
    return this.problems(JSON.parse(text)).map(({ path, message }) => {
      const node = findNodeAtLocation(root, [...path]) ?? root;
      const { offset, length } = node;
      return { from: offset, to: offset + length, message };
    });
  }

  private _told(check: ValidateFunction, value: unknown): ISchemaProblem[] {
    try {
      if (check(value)) {
        return [];
      }
    } catch (reason) {
      return [
        { path: [], message: tellFailure(messageOf(reason), this._trans) }
      ];
    }
    const problems = (check.errors ?? []).map(error => ({
      path: pathOf(error, value),
      message: tellError(error, this._trans)
    }));
    // Alternatives say the same several times.
    const seen = new Set<string>();
    return problems.filter(problem => {
      const key = JSON.stringify(problem);
      return !seen.has(key) && seen.add(key);
    });
  }

  private readonly _check: ValidateFunction;
  private readonly _members = new Map<string, ValidateFunction>();
  private readonly _forms = new Map<string, Schema | null>();
}

/** What all validators of schemas have in common. */
export const AJV_OPTIONS = { code: { regExp: patternOf } };

/** The class that knows the words of a schema, by what the schema says it is. */
export function ajvFor(schema: Schema): typeof Ajv {
  const version = String(schema.$schema ?? '');
  return (
    version.includes('2020-12') || '$defs' in schema
      ? Ajv2020
      : version.includes('2019-09')
        ? Ajv2019
        : Ajv
  ) as typeof Ajv;
}

function schemaIn(text: string, trans: IWords): Schema {
  const { root } = parseText(text);
  if (root === null) {
    throw new SchemaUnusable(trans.__('It is not valid JSON.'));
  }
  const schema: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  if (!isObject(schema) || (schema.type ?? 'object') !== 'object') {
    throw new SchemaUnusable(
      trans.__('It must be the JSON schema of an object.')
    );
  }
  return schema;
}

/** A schema for an object with at most one of the members. */
function memberSchema(schema: Schema, name: string): Schema {
  const { $schema, $defs, definitions, properties, patternProperties } = schema;
  const kept = { $schema, $defs, definitions, properties, patternProperties };
  return withoutUndefined({
    ...kept,
    type: 'object',
    additionalProperties: schema.additionalProperties,
    propertyNames: { const: name }
  });
}

function withoutUndefined(schema: Schema): Schema {
  return Object.fromEntries(
    Object.entries(schema).filter(([, value]) => value !== undefined)
  );
}

/** A schema without what it calls itself, which would be looked up. */
export function bareSchema(schema: Schema): Schema {
  const named = ['$schema', '$id'];
  return Object.fromEntries(
    Object.entries(schema).filter(([key]) => !named.includes(key))
  );
}

function compiled(schema: Schema): ValidateFunction {
  const ajv = new (ajvFor(schema))({
    ...AJV_OPTIONS,
    allErrors: true,
    strict: false
  });
  addFormats(ajv);
  return ajv.compile(bareSchema(schema));
}

/** Where the value is; of a member that is missing, or too much, the object or the member. */
function pathOf(error: ErrorObject, value: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let at: unknown = value;
  const steps = error.instancePath
    .split('/')
    .slice(1)
    .map(step => step.replace(/~1/g, '/').replace(/~0/g, '~'));
  const { additionalProperty } = error.params as Record<string, unknown>;
  if (typeof additionalProperty === 'string') {
    steps.push(additionalProperty);
  }
  for (const step of steps) {
    path.push(Array.isArray(at) ? Number(step) : step);
    at = isObject(at) || Array.isArray(at) ? (at as Schema)[step] : undefined;
  }
  return path;
}

/** Why there was no check: a schema that refers to itself without end fills the stack. */
export function tellFailure(why: string, trans: IWords): string {
  return trans.__('The schema can’t be applied to this: %1.', why);
}

/** An error of the validator in a sentence. */
export function tellError(
  error: {
    readonly keyword: string;
    readonly params: Schema;
    readonly message?: string;
  },
  trans: IWords
): string {
  const { keyword, params, message } = error;
  const limit = String(params.limit);
  switch (keyword) {
    case 'type':
      return trans.__('This must be of type %1.', String(params.type));
    case 'required':
      return trans.__('“%1” is missing.', String(params.missingProperty));
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return trans.__('The schema has no such parameter.');
    case 'enum':
      return trans.__(
        'This must be one of %1.',
        (params.allowedValues as unknown[])
          .map(value => JSON.stringify(value))
          .join(', ')
      );
    case 'const':
      return trans.__('This must be %1.', JSON.stringify(params.allowedValue));
    case 'minimum':
      return trans.__('This must be at least %1.', limit);
    case 'maximum':
      return trans.__('This must be at most %1.', limit);
    case 'exclusiveMinimum':
      return trans.__('This must be more than %1.', limit);
    case 'exclusiveMaximum':
      return trans.__('This must be less than %1.', limit);
    case 'multipleOf':
      return trans.__(
        'This must be a multiple of %1.',
        String(params.multipleOf)
      );
    case 'minLength':
      return trans.__('This must have at least %1 characters.', limit);
    case 'maxLength':
      return trans.__('This must have at most %1 characters.', limit);
    case 'minItems':
      return trans.__('This must have at least %1 items.', limit);
    case 'maxItems':
      return trans.__('This must have at most %1 items.', limit);
    case 'pattern':
      return trans.__('This must match %1.', String(params.pattern));
    case 'format':
      return trans.__('This must have the format %1.', String(params.format));
    default:
      return trans.__('This %1.', message ?? keyword);
  }
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
