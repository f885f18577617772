/** Parameters as a form, by their schema. Brings libraries along: load it when there is a schema. */

import '../../style/schemaform.css';

import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import { ReadonlyJSONObject } from '@lumino/coreutils';
import type { RJSFValidationError } from '@rjsf/utils';
import { customizeValidator } from '@rjsf/validator-ajv8';
import React, { useEffect, useMemo, useRef } from 'react';

import { rewritten } from '../domain/pipeline/rewrite';
import { IFormLayout } from '../domain/uischema';
import {
  AJV_OPTIONS,
  ajvFor,
  bareSchema,
  Schema,
  tellError,
  tellFailure
} from '../domain/schemas';

import { WIDGETS } from './widgets';

export interface ISchemaFormProps {
  /** The schema of an object, as `SchemaCheck` has it. */
  readonly schema: Schema;
  readonly layout?: IFormLayout;
  /** The parameters, as JSON text. */
  readonly value: string;
  readonly readOnly?: boolean;
  /** Whether its first field gets the focus when it appears. */
  readonly focused?: boolean;
  /** The words of buttons within the form. */
  readonly translator?: ITranslator;
  readonly trans: TranslationBundle;
  /** Gets the text after a change: the rest of it is as it was written. */
  readonly onChange: (value: string) => void;
}

/** Buttons, or boxes, of which one or several are chosen. */
const CHOICES = '.field-radio-group, .checkboxes';
const NAMELESS = `input, select, textarea, ${CHOICES}`;
const FOCUSABLE = 'input, select, textarea, button';

/** What the schema doesn't say is neither shown as wrong nor filled in. */
const DEFAULTS = { emptyObjectFields: 'skipDefaults' } as const;

export default function SchemaForm(props: ISchemaFormProps): JSX.Element {
  const { schema, layout, value, readOnly = false, translator, trans } = props;
  const validator = useMemo(
    () =>
      customizeValidator<ReadonlyJSONObject>({
        AjvClass: ajvFor(schema),
        ajvOptionsOverrides: AJV_OPTIONS
      }),
    [schema]
  );
  const bare = useMemo(() => bareSchema(schema), [schema]);
  const data = objectIn(value);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => nameFields(root.current));
  useEffect(() => {
    if (props.focused) {
      root.current?.querySelector<HTMLElement>(FOCUSABLE)?.focus();
    }
  }, []);
  if (data === null) {
    return (
      <p className="jp-OrchestJobs-fieldNote" role="status">
        {trans.__('What is written can’t be shown as a form: mend it as JSON.')}
      </p>
    );
  }
  return (
    <div ref={root} className="jp-OrchestJobs-schemaForm">
      <FormComponent
        schema={bare}
        formData={data}
        validator={validator}
        widgets={WIDGETS}
        // A form of its own within the page: what is sent is what is typed.
        tagName="div"
        uiSchema={{ ...layout, 'ui:title': '' }}
        experimental_defaultFormStateBehavior={DEFAULTS}
        disabled={readOnly}
        liveValidate
        showErrorList={false}
        transformErrors={errors =>
          errors.map(error => ({ ...error, message: tell(error, trans) }))
        }
        noHtml5Validate
        compact
        // Those with icons have no names for screen readers.
        buttonStyle="text"
        showModifiedFromDefault={false}
        translator={translator}
        onChange={event => {
          const now = event.formData as ReadonlyJSONObject | undefined;
          const text = rewritten(value, now ?? {});
          if (text !== value) {
            props.onChange(text);
          }
        }}
      />
    </div>
  );
}

function tell(
  { name = '', params, message, stack }: RJSFValidationError,
  trans: TranslationBundle
): string {
  return params === undefined
    ? tellFailure(stack, trans)
    : tellError({ keyword: name, params, message }, trans);
}

/** JupyterLab's form shows what a field is called beside it, and doesn't say so to screen readers. */
function nameFields(root: HTMLElement | null): void {
  for (const choices of root?.querySelectorAll(CHOICES) ?? []) {
    choices.setAttribute('role', 'group');
  }
  for (const field of root?.querySelectorAll(NAMELESS) ?? []) {
    const name = field.getAttribute('label') ?? labelOf(field);
    // Choices have names of their own.
    if (name !== '' && field.closest('label') === null) {
      field.setAttribute('aria-label', name);
    }
  }
}

/** That of the nearest group that has one. */
function labelOf(field: Element): string {
  const group = field.parentElement?.closest('.form-group') ?? null;
  return group === null
    ? ''
    : (group.querySelector('.jp-FormGroup-fieldLabel')?.textContent ??
        labelOf(group));
}

function objectIn(text: string): ReadonlyJSONObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as ReadonlyJSONObject)
      : null;
  } catch {
    return null;
  }
}
