import { nullTranslator } from '@jupyterlab/translation';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { Schema } from '../../domain/schemas';
import { IFormLayout } from '../../domain/uischema';
import SchemaForm from '../schemaform';

(
  globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
).IS_REACT_ACT_ENVIRONMENT = true;

const SCHEMA: Schema = {
  type: 'object',
  properties: {
    rate: { type: 'number', maximum: 1, title: 'Learning rate' },
    kind: { enum: ['ridge', 'lasso'], default: 'ridge' },
    check: { type: 'boolean' }
  }
};

describe('a form of parameters', () => {
  let root: Root;
  let host: HTMLElement;
  let texts: string[];

  const show = (
    value: string,
    readOnly = false,
    schema = SCHEMA,
    layout: IFormLayout = {}
  ) =>
    act(() =>
      root.render(
        React.createElement(SchemaForm, {
          schema,
          layout,
          value,
          readOnly,
          trans: nullTranslator.load(''),
          onChange: text => texts.push(text)
        })
      )
    );
  const rate = () => host.querySelector<HTMLInputElement>('#root_rate')!;

  beforeEach(() => {
    host = document.createElement('div');
    document.body.append(host);
    root = createRoot(host);
    texts = [];
  });

  afterEach(() => {
    act(() => root.unmount());
    host.remove();
  });

  it('shows values, and writes nothing by being shown', () => {
    show('{"rate": 0.50, "more": 1.0}');
    expect(rate().value).toBe('0.5');
    expect(texts).toEqual([]);
  });

  it('writes what is changed, and leaves the rest as it is written', () => {
    show('{"more": 1.0, "rate": 0.50}');
    const input = rate();
    act(() => {
      const { set } = Object.getOwnPropertyDescriptor(
        HTMLInputElement.prototype,
        'value'
      )!;
      set?.call(input, '0.75');
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
    expect(texts).toEqual(['{"more": 1.0, "rate": 0.75}']);
  });

  it('names its fields for screen readers', () => {
    show('{}');
    expect(rate().getAttribute('aria-label')).toBe('Learning rate');
    const kind = host.querySelector('#root_kind');
    expect(kind?.getAttribute('aria-label')).toBe('kind');
  });

  it('names alternatives after their field, and choices after themselves', () => {
    const properties = {
      mixed: { oneOf: [{ type: 'integer' }, { type: 'string' }] },
      kind: { type: 'string', enum: ['ridge', 'lasso'] },
      days: { type: 'array', uniqueItems: true, items: { enum: ['mo', 'tu'] } },
      more: { type: 'array', uniqueItems: true, items: { enum: ['sa', 'su'] } }
    };
    const layout = {
      kind: { 'ui:widget': 'radio' },
      days: { 'ui:widget': 'checkboxes' }
    };
    show('{"mixed": 1}', false, { properties }, layout);
    const named = (found: string) =>
      [...host.querySelectorAll(found)].map(field =>
        field.getAttribute('aria-label')
      );
    expect(named('select')).toEqual(['mixed', 'more']);
    const titles = host.querySelectorAll('.jp-arrayFieldWrapper > div');
    expect(titles[0].textContent).toBe('days');
    expect(named('[role="group"]')).toEqual(['kind', 'days']);
    expect(named('[type="radio"], [type="checkbox"]')).toEqual(
      Array(4).fill(null)
    );
  });

  it.each([
    [{ type: 'number', minimum: 0, maximum: 1 }, '0.01'],
    [{ type: 'number', minimum: -50, maximum: 50 }, '1'],
    [{ type: 'number', minimum: 0, maximum: 1, multipleOf: 0.25 }, '0.25'],
    [{ type: 'integer', minimum: 0, maximum: 1000 }, '1'],
    [{ type: 'number', minimum: 1, maximum: 1 }, '']
  ])('has sliders that get between their ends: %j', (share, step) => {
    const layout = { share: { 'ui:widget': 'range' } };
    show('{"share": 0.3}', false, { properties: { share } }, layout);
    const slider = host.querySelector<HTMLInputElement>('[type="range"]')!;
    expect(slider.step).toBe(step);
    expect(slider.getAttribute('aria-label')).toBe('share');
    expect(texts).toEqual([]);
  });

  it('says what the schema doesn’t allow', () => {
    show('{"rate": 2}');
    expect(host.textContent).toContain('This must be at most 1.');
  });

  it('says where the schema can’t be applied', () => {
    const pattern = '^(a?){500}$';
    const properties = { rate: { type: 'string', pattern } };
    show(`{"rate": "${'a'.repeat(5_000)}"}`, false, { properties });
    expect(host.textContent).toContain(
      'The schema can’t be applied to this: ^(a?){500}$ is tried on at most'
    );
    expect(texts).toEqual([]);
  });

  it('has patterns that hold nobody up', () => {
    const properties = { rate: { type: 'string', pattern: '^(a+)+$' } };
    show(`{"rate": "${'a'.repeat(5_000)}!"}`, false, { properties });
    expect(host.textContent).toContain('This must match ^(a+)+$.');
  });

  it('can’t be changed where the file can’t', () => {
    show('{"rate": 0.5}', true);
    const inputs = [
      ...host.querySelectorAll<HTMLInputElement>('input, select')
    ];
    expect(inputs.length).toBeGreaterThan(1);
    expect(inputs.every(input => input.disabled)).toBe(true);
  });

  it('leaves a text alone that is no object', () => {
    for (const text of ['{', '[]']) {
      show(text);
      expect(host.textContent).toContain('can’t be shown as a form');
    }
    expect(texts).toEqual([]);
  });
});
