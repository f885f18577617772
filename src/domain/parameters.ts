/** The parameters of a job: which of them differ between its runs, and how to name them. */

import { formatText } from './values';

export interface IParameter {
  readonly scope: string;
  readonly scope_title: string;
  readonly name: string;
  /** Its values as JSON texts. */
  readonly texts: readonly string[];
}

/** A column for one parameter. */
export interface IParameterColumn {
  readonly scope: string;
  readonly name: string;
  readonly label: string;
  readonly texts: readonly string[];
  /** Characters of its longest value or of its label. */
  readonly chars: number;
  /** Whether it differs between the runs. */
  readonly differs: boolean;
}

/** A column for each parameter, those that differ first; a name that two share gets its scope. */
export function parameterColumns(
  parameters: readonly IParameter[]
): IParameterColumn[] {
  const several = parameters.filter(({ texts }) => texts.length > 1);
  const others = parameters.filter(({ texts }) => texts.length <= 1);
  return [several, others].flatMap((group, index) =>
    group.map(({ scope, scope_title, name, texts }) => {
      // One that doesn't differ gives way to one that does.
      const rivals = index === 0 ? several : parameters;
      const shared = rivals.filter(other => other.name === name).length > 1;
      const label = shared ? `${scope_title}: ${name}` : name;
      const lengths = texts.map(text => formatText(text).length);
      const chars = Math.max(label.length, ...lengths);
      return { scope, name, label, texts, chars, differs: index === 0 };
    })
  );
}

/** Scope → name → JSON text. */
export type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The value of a run in a column, as a JSON text. */
export function textOf(
  texts: Texts,
  column: { scope: string; name: string }
): string | undefined {
  return texts[column.scope]?.[column.name];
}

/** Parameters grouped by scope, in the order given. */
export function byScope<T extends { scope: string; scope_title: string }>(
  parameters: readonly T[]
): { scope: string; title: string; items: T[] }[] {
  const groups = new Map<
    string,
    { scope: string; title: string; items: T[] }
  >();
  for (const item of parameters) {
    const group = groups.get(item.scope);
    if (group === undefined) {
      groups.set(item.scope, {
        scope: item.scope,
        title: item.scope_title,
        items: [item]
      });
    } else {
      group.items.push(item);
    }
  }
  return [...groups.values()];
}
