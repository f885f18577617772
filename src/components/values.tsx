/** Parameters and their values, read-only. */

import React from 'react';

import { formatValue } from '../domain/values';

export interface IValueRow {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** A longer text is cut with the whole in its title. */
const LONGEST = 200;

export function ValueChip(props: { value: unknown }): JSX.Element {
  const text = formatValue(props.value);
  return (
    <code className="jp-OrchestJobs-value" title={text}>
      {text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}
    </code>
  );
}

/** One group of parameters, with its title above. */
export function ValueTable(props: {
  title: string;
  rows: readonly IValueRow[];
}): JSX.Element {
  return (
    <section className="jp-OrchestJobs-values" aria-label={props.title}>
      <h4>{props.title}</h4>
      <dl>
        {props.rows.map(row => (
          <div key={row.name} className="jp-OrchestJobs-valueRow">
            <dt>{row.name}</dt>
            <dd>
              {row.values.map((value, index) => (
                <ValueChip key={index} value={value} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
