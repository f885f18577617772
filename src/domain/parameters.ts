/** The parameters of a job: which of them differ between its runs, and how to name them. */

import { formatValue } from './values';

export interface IParameter {
  readonly scope: string;
  readonly scope_title: string;
  readonly name: string;
  readonly values: readonly unknown[];
}

/** A column for one parameter. */
export interface IParameterColumn {
  readonly scope: string;
  readonly name: string;
  readonly label: string;
  /** Characters of its longest value or of its label. */
  readonly chars: number;
}

/** Scope → name → value. */
export type Values = Readonly<
  Record<string, Readonly<Record<string, unknown>>>
>;

/** Columns for the parameters with several values; a name that two scopes share gets its scope. */
export function differing(
  parameters: readonly IParameter[]
): IParameterColumn[] {
  const several = parameters.filter(item => item.values.length > 1);
  return several.map(({ scope, scope_title, name, values }) => {
    const shared = several.filter(other => other.name === name).length > 1;
    const label = shared ? `${scope_title}: ${name}` : name;
    const lengths = values.map(value => formatValue(value).length);
    return { scope, name, label, chars: Math.max(label.length, ...lengths) };
  });
}

/** The value of a run in a column. */
export function valueOf(
  values: Values,
  column: { scope: string; name: string }
): unknown {
  return values[column.scope]?.[column.name];
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
