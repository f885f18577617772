/** The format of parameters files: scope → name → list of values, as text. */

import { IPart, kindAt, partsOf, whyNotKeys, whyNotSyntax } from './jsontexts';
import { IWords } from './words';

/** Parameters of the pipeline itself, beside those of its steps. */
export const PIPELINE_SCOPE = 'pipeline_parameters';

/** Scope → name → JSON texts of its values. */
export type Texts = Readonly<
  Record<string, Readonly<Record<string, readonly string[]>>>
>;

/** Something that is wrong, from one place of the text to another. */
export interface IIssue {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/** Lists longer than this get a line for each value. */
const LINE_CHARS = 80;

export function formatFile(lists: Texts): string {
  const scopes = Object.entries(lists)
    .filter(([, names]) => Object.keys(names).length > 0)
    .map(([scope, names]) => {
      const lines = Object.entries(names).map(
        ([name, values]) => `    ${JSON.stringify(name)}: ${formatList(values)}`
      );
      return `  ${JSON.stringify(scope)}: {\n${lines.join(',\n')}\n  }`;
    });
  return scopes.length === 0 ? '{}\n' : `{\n${scopes.join(',\n')}\n}\n`;
}

function formatList(values: readonly string[]): string {
  const line = `[${values.join(', ')}]`;
  return line.length <= LINE_CHARS
    ? line
    : `[\n      ${values.join(',\n      ')}\n    ]`;
}

/** All that is wrong with the text of a parameters file; `scopes` are those that there are. */
export function fileIssues(
  text: string,
  scopes: ReadonlySet<string>,
  trans: IWords
): IIssue[] {
  const broken = whyNotSyntax(text, trans);
  if (broken !== null) {
    return [{ from: 0, to: text.length, message: broken }];
  }
  if (kindAt(text) !== 'object') {
    const message = trans.__('This has to be an object: { … }');
    return [{ from: 0, to: text.length, message }];
  }
  return checkKeys(text, partsOf(text), trans, scope => {
    if (!scopes.has(scope.key ?? '')) {
      return [
        issue(
          scope,
          trans.__(
            '“%1” is not a step of this pipeline. Use a step’s UUID or “%2”.',
            scope.key ?? '',
            PIPELINE_SCOPE
          )
        )
      ];
    }
    if (kindAt(text, scope.from) !== 'object') {
      const message = trans.__('This has to be an object: name to list.');
      return [issue(scope, message)];
    }
    return checkKeys(text, partsOf(text, scope.from), trans, name =>
      checkList(text, name, trans)
    );
  });
}

function checkList(text: string, name: IPart, trans: IWords): IIssue[] {
  if (kindAt(text, name.from) !== 'array') {
    return [
      issue(
        name,
        trans.__(
          'The value of “%1” has to be a list, even for one value.',
          name.key ?? ''
        )
      )
    ];
  }
  const values = partsOf(text, name.from);
  return values.length > 0
    ? values.flatMap(value => {
        const why = whyNotKeys(text, value.from, trans);
        return why === null ? [] : [issue(value, why)];
      })
    : [
        issue(
          name,
          trans.__(
            'The list of “%1” is empty. Add a value, or remove the key to use the default.',
            name.key ?? ''
          )
        )
      ];
}

/** Refuse keys that are there twice, of which one would be lost; and check each. */
function checkKeys(
  text: string,
  parts: readonly IPart[],
  trans: IWords,
  check: (part: IPart) => IIssue[]
): IIssue[] {
  const seen = new Set<string | null>();
  return parts.flatMap(part => {
    if (seen.has(part.key)) {
      return [issue(part, trans.__('“%1” is here twice.', part.key ?? ''))];
    }
    seen.add(part.key);
    return check(part);
  });
}

function issue(part: IPart, message: string): IIssue {
  return { from: part.start, to: part.to, message };
}

/** The lists of a text that has no issues; each value as it is written. */
export function readFile(text: string): Texts {
  return Object.fromEntries(
    partsOf(text).map(scope => [
      scope.key,
      Object.fromEntries(
        partsOf(text, scope.from).map(name => [
          name.key,
          partsOf(text, name.from).map(({ from, to }) => text.slice(from, to))
        ])
      )
    ])
  ) as Texts;
}
