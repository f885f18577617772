/**
 * How a form of parameters is laid out: `<file>.uischema.json` beside a schema, in the words of JSON
 * Forms, which Orchest used. Of these, what our forms can do is carried over.
 */

import type { Schema } from './schemas';

/** The same for our forms. Those of nested objects are within it, by their names. */
export interface IFormLayout {
  readonly [key: string]: unknown;
}

interface IElement {
  readonly [key: string]: unknown;
}

/**
 * The order of the fields, their titles and what they look like. What isn't named comes behind.
 *
 * @param content - of the file; what is no layout says nothing.
 * @param schema - that of the parameters: a field gets only what fits its type.
 */
export function layoutIn(content: unknown, schema: Schema): IFormLayout {
  const layout: Record<string, unknown> = {};
  for (const control of controlsIn(content)) {
    const path = pathOf(control.scope);
    const field = path === null ? null : fieldAt(schema, path);
    if (path !== null && field !== null) {
      Object.assign(placeIn(layout, path), looksOf(control, field));
    }
  }
  return layout;
}

/** All controls, in their order; of groups, rows and categories, what is in them. */
function controlsIn(content: unknown): IElement[] {
  const element = fields(content);
  return element.type === 'Control'
    ? [element]
    : Array.isArray(element.elements)
      ? element.elements.flatMap(controlsIn)
      : [];
}

/** `#/properties/a/properties/b` → a, b; null if it leads elsewhere. */
function pathOf(scope: unknown): string[] | null {
  const [root, ...parts] = typeof scope === 'string' ? scope.split('/') : [];
  const isPath =
    root === '#' &&
    parts.length > 0 &&
    parts.length % 2 === 0 &&
    !parts.includes('__proto__') &&
    parts.every((part, index) => index % 2 === 1 || part === 'properties');
  return isPath
    ? parts
        .filter((_, index) => index % 2 === 1)
        .map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    : null;
}

/** The schema of a field; null if it isn't described. */
function fieldAt(schema: Schema, path: readonly string[]): Schema | null {
  let at: Schema | null = schema;
  for (const name of path) {
    const members: Schema = fields(at?.properties);
    at = Object.hasOwn(members, name) ? fields(members[name]) : null;
  }
  return at;
}

/** The layout of a field; it is put behind those that are there, in each object on the way. */
function placeIn(
  layout: Record<string, unknown>,
  path: readonly string[]
): Record<string, unknown> {
  let at = layout;
  for (const name of path) {
    const order = (at['ui:order'] ??= ['*']) as string[];
    if (!order.includes(name)) {
      order.splice(-1, 0, name);
    }
    at = (at[name] ??= {}) as Record<string, unknown>;
  }
  return at;
}

function looksOf(control: IElement, field: Schema): IFormLayout {
  const { label } = control;
  const { multi, slider, format, readonly } = fields(control.options);
  const { minimum, maximum } = field;
  const type = field.type as string | undefined;
  const hasChoice =
    type === 'boolean' ||
    (Array.isArray(field.enum) &&
      [undefined, 'string', 'number', 'integer'].includes(type));
  const widget =
    multi === true && type === 'string' && !hasChoice
      ? 'textarea'
      : slider === true &&
          (type === 'number' || type === 'integer') &&
          typeof minimum === 'number' &&
          typeof maximum === 'number'
        ? 'range'
        : format === 'radio' && hasChoice
          ? 'radio'
          : null;
  return {
    ...(typeof label === 'string' && label !== '' && { 'ui:title': label }),
    ...(widget !== null && { 'ui:widget': widget }),
    ...(readonly === true && { 'ui:readonly': true })
  };
}

function fields(value: unknown): IElement {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as IElement)
    : {};
}
