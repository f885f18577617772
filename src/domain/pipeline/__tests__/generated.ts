/** Pipeline files as people and programs write them, for properties: any formatting, any extras. */

import fc from 'fast-check';

/** A JSON value whose scalars are written in a certain way. */
type Raw = string | Raw[] | [string, Raw][] | { readonly list: Raw[] };

export interface IFile {
  readonly text: string;
  readonly ids: readonly string[];
}

interface IFormat {
  readonly indent: string | null;
  readonly colon: string;
  readonly comma: string;
  readonly eol: string;
  readonly mark: string;
  readonly end: string;
}

const id = fc.uuid({ version: 4 });
const word = fc.oneof(
  fc.constantFrom('Train', 'Évaluer', 'data 😀', 'a"b\\c', '', '字'),
  fc.string({ maxLength: 8 })
);
const number = fc.constantFrom(
  '1',
  '1.0',
  '1e3',
  '-0.50',
  '12345678901234567890',
  '0'
);
const scalar = fc.oneof(
  number,
  fc.constantFrom('true', 'false', 'null', '"\\u00e9"', '"a\\/b"'),
  word.map(text => JSON.stringify(text))
);
const value: fc.Arbitrary<Raw> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }).map(list => ({ list }))
);
const object = fc
  .uniqueArray(fc.tuple(fc.string({ maxLength: 6 }), value), {
    maxLength: 4,
    selector: ([key]) => key
  })
  .map(members => members.map(([key, v]): [string, Raw] => [key, v]));

const format: fc.Arbitrary<IFormat> = fc.record({
  indent: fc.constantFrom(null, '', ' ', '  ', '    ', '\t'),
  colon: fc.constantFrom(': ', ':', ' : '),
  comma: fc.constantFrom(', ', ','),
  eol: fc.constantFrom('\n', '\r\n'),
  mark: fc.constantFrom('', '\uFEFF'),
  end: fc.constantFrom('', '\n')
});

/** A file of a pipeline that has nothing wrong with it. */
export const pipelineFile: fc.Arbitrary<IFile> = fc
  .uniqueArray(id, { maxLength: 6 })
  .chain(ids =>
    fc
      .record({
        steps: fc.tuple(...ids.map((_, index) => stepWith(ids, index))),
        top: fc.uniqueArray(
          fc.constantFrom('name', 'uuid', 'parameters', 'settings', 'extra'),
          { maxLength: 5 }
        ),
        parameters: object,
        extra: value,
        format
      })
      .map(({ steps, top, parameters, extra, format }) => {
        const members: Record<string, Raw> = {
          name: '"pipe"',
          uuid: '"0915b350-b929-4cbd-b0d4-763cac0bb69f"',
          parameters,
          settings: [['data_passing_memory_size', '"1GB"']],
          extra
        };
        const list = ids.map((key, index): [string, Raw] => [
          key,
          steps[index]
        ]);
        const document = top.map((key): [string, Raw] => [key, members[key]]);
        document.splice(top.length >> 1, 0, ['steps', list]);
        const { mark, end } = format;
        return { text: mark + written(document, format, '') + end, ids };
      })
  );

function stepWith(ids: readonly string[], index: number): fc.Arbitrary<Raw> {
  return fc
    .record({
      incoming: fc.subarray(ids.slice(0, index)),
      title: word,
      parameters: object,
      place: fc.option(fc.tuple(number, number)),
      extra: value,
      order: fc.shuffledSubarray(
        ['title', 'parameters', 'meta_data', 'kernel', 'uuid', 'extra'],
        { minLength: 0 }
      )
    })
    .map(({ incoming, title, parameters, place, extra, order }) => {
      const members: Record<string, Raw> = {
        title: JSON.stringify(title),
        parameters,
        meta_data:
          place === null
            ? [['hidden', 'false']]
            : [
                ['hidden', 'false'],
                ['position', { list: place }]
              ],
        kernel: [['name', '"python"']],
        uuid: JSON.stringify(ids[index]),
        extra
      };
      return [
        ['file_path', `"${index}.ipynb"`],
        ...order.map((key): [string, Raw] => [key, members[key]]),
        ['incoming_connections', { list: incoming.map(i => `"${i}"`) }]
      ] as [string, Raw][];
    });
}

function written(raw: Raw, format: IFormat, base: string): string {
  if (typeof raw === 'string') {
    return raw;
  }
  const inner = base + (format.indent ?? '');
  const isObject = Array.isArray(raw);
  const parts = isObject
    ? (raw as [string, Raw][]).map(
        ([key, v]) =>
          JSON.stringify(key) + format.colon + written(v, format, inner)
      )
    : (raw as { list: Raw[] }).list.map(v => written(v, format, inner));
  const [open, close] = isObject ? '{}' : '[]';
  if (parts.length === 0) {
    return open + close;
  }
  return format.indent === null
    ? open + parts.join(format.comma.replace(/^,?/, ',')) + close
    : `${open}${format.eol}${inner}${parts.join(`,${format.eol}${inner}`)}${format.eol}${base}${close}`;
}
