/** Fields of a form that are not as the library and JupyterLab have them. */

import type { WidgetProps } from '@rjsf/utils';
import React from 'react';

export const WIDGETS = {
  range: Slider,
  select: titled('SelectWidget'),
  checkboxes: titled('CheckboxesWidget')
};

/** The library's own goes in steps of 1, whatever its ends are. */
function Slider(props: WidgetProps): JSX.Element {
  const { schema, registry } = props;
  const { RangeWidget } = registry.widgets;
  const { multipleOf = stepOf(schema) } = schema;
  return <RangeWidget {...props} schema={{ ...schema, multipleOf }} />;
}

/** A power of ten that gets from end to end in at least 100 steps. */
function stepOf({ type, minimum, maximum }: WidgetProps['schema']): number {
  return type === 'integer'
    ? 1
    : 10 ** Math.floor(Math.log10(((maximum ?? 0) - (minimum ?? 0)) / 100));
}

/** JupyterLab shows titles of lists only above their items: not where several are chosen at once. */
function titled(name: string) {
  return function Titled(props: WidgetProps): JSX.Element {
    const { schema, label, registry } = props;
    const Widget = registry.widgets[name];
    return (
      <>
        {schema.type === 'array' && (
          <div className="jp-FormGroup-fieldLabel">{label}</div>
        )}
        <Widget {...props} />
      </>
    );
  };
}
