import { layoutIn } from '../uischema';

const SCHEMA = {
  type: 'object',
  properties: {
    rate: { type: 'number', minimum: 0, maximum: 1 },
    rows: { type: 'integer' },
    kind: { type: 'string', enum: ['ridge', 'lasso'] },
    note: { type: 'string' },
    'a/b': { type: 'boolean' },
    model: { type: 'object', properties: { depth: { type: 'integer' } } }
  }
};

const control = (name: string, more = {}) => ({
  type: 'Control',
  scope: `#/properties/${name}`,
  ...more
});

describe('a layout of a form', () => {
  it('is that of JSON Forms: order, titles, and what fields look like', () => {
    const content = {
      type: 'VerticalLayout',
      elements: [
        control('note', { label: 'Why', options: { multi: true } }),
        {
          type: 'Group',
          label: 'Model',
          elements: [
            control('kind', { options: { format: 'radio', readonly: true } }),
            control('rate', { label: false, options: { slider: true } }),
            control('a~1b')
          ]
        },
        control('model/properties/depth', { label: 'Depth' })
      ]
    };
    expect(layoutIn(content, SCHEMA)).toEqual({
      'ui:order': ['note', 'kind', 'rate', 'a/b', 'model', '*'],
      note: { 'ui:title': 'Why', 'ui:widget': 'textarea' },
      kind: { 'ui:widget': 'radio', 'ui:readonly': true },
      rate: { 'ui:widget': 'range' },
      'a/b': {},
      model: { 'ui:order': ['depth', '*'], depth: { 'ui:title': 'Depth' } }
    });
  });

  it('asks nothing of a field that it can’t do', () => {
    const content = {
      elements: [
        control('rows', { options: { multi: true, slider: true } }),
        control('note', { options: { slider: true, format: 'radio' } }),
        control('rate', { options: { format: 'radio' } })
      ]
    };
    expect(layoutIn(content, SCHEMA)).toEqual({
      'ui:order': ['rows', 'note', 'rate', '*'],
      rows: {},
      note: {},
      rate: {}
    });
  });

  it('says nothing where it is none, or of what is not there', () => {
    const schema = JSON.parse(
      '{"properties": {"__proto__": {"type": "string"}}}'
    );
    expect(layoutIn(control('__proto__', { label: 'a' }), schema)).toEqual({});
    for (const content of [
      null,
      [],
      'text',
      { elements: 1 },
      control('more'),
      { type: 'Control', scope: '#/definitions/rate' },
      { type: 'Control', scope: '#' },
      { type: 'Control' }
    ]) {
      expect(layoutIn(content, SCHEMA)).toEqual({});
    }
  });
});
