/** One parameter: its name and the list of its values, each of which can be opened. */

import { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import { CodeEditor } from '@jupyterlab/codeeditor';
import React, { useEffect, useRef } from 'react';

import { JsonText } from '../../api/jsontext';
import { IEdit, ParametersModel } from '../../models/parameters';
import { ValueEditor } from './valueeditor';

export interface IParameterRowProps {
  readonly scope: string;
  readonly name: string;
  /** Empty for a parameter that has no value yet. */
  readonly values: readonly JsonText[];
  /** The pipeline's own value; null if it has no such parameter. */
  readonly default: string | null;
  /** Those of its values that are open. */
  readonly edits: readonly IEdit[];
  readonly parameters: ParametersModel;
  readonly newEditor: CodeEditor.Factory | null;
  readonly trans: TranslationBundle;
}

/** Longer values are cut in their chip. */
const PREVIEW = 48;
const LONGEST_TITLE = 2_000;
const NONE: unique symbol = Symbol('no focus to give');

export function ParameterRow(props: IParameterRowProps): JSX.Element {
  const { scope, name, values, edits, parameters, trans } = props;
  const row = useRef<HTMLDivElement>(null);
  /** The value that gets the focus once it is shown. */
  const wanted = useRef<number | typeof NONE>(NONE);

  useEffect(() => {
    if (wanted.current !== NONE) {
      const chip = row.current?.querySelector<HTMLElement>(
        `[data-index="${wanted.current}"]`
      );
      wanted.current = NONE;
      (chip ?? row.current?.querySelector<HTMLElement>('button'))?.focus();
    }
  });

  const at = (index: number) => ({ scope, name, index });
  const move = (index: number, to: number) => {
    wanted.current = parameters.moveValue(at(index), to);
  };
  const onChipKey = (event: React.KeyboardEvent, index: number) => {
    const back = event.key === 'ArrowLeft' || event.key === 'ArrowUp';
    const forth = event.key === 'ArrowRight' || event.key === 'ArrowDown';
    const target = index + (back ? -1 : 1);
    if ((back || forth) && event.altKey) {
      event.preventDefault();
      move(index, target);
    } else if (back || forth) {
      event.preventDefault();
      row.current
        ?.querySelector<HTMLElement>(`[data-index="${target}"]`)
        ?.focus();
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      if (parameters.removeValue(at(index))) {
        wanted.current = Math.max(0, index - 1);
      }
    }
  };

  const places = values.map((value, index) => ({ value, index }));
  const fresh = edits.filter(({ index }) => index >= values.length);
  return (
    <div
      ref={row}
      className="jp-OrchestJobs-parameter"
      role="group"
      aria-label={trans.__('Parameter %1', name)}
    >
      <span className="jp-OrchestJobs-parameterName" title={name}>
        {name}
      </span>
      <div className="jp-OrchestJobs-chips">
        {places.map(({ value, index }) => {
          const edit = edits.find(open => open.index === index);
          return edit === undefined ? (
            <Chip
              key={index}
              index={index}
              text={value.text}
              name={name}
              why={parameters.whyNotValue(value.text, { scope, name })}
              trans={trans}
              onOpen={() => parameters.open(at(index))}
              onKeyDown={event => onChipKey(event, index)}
            />
          ) : (
            <Editor key={index} {...props} edit={edit} wanted={wanted} />
          );
        })}
        {fresh.map(edit => (
          <Editor key={edit.index} {...props} edit={edit} wanted={wanted} />
        ))}
        {fresh.length === 0 && (
          <button
            className="jp-OrchestJobs-chip"
            data-kind="add"
            aria-label={trans.__('Add a value to %1', name)}
            title={trans.__('Add a value')}
            onClick={() => parameters.open(at(values.length))}
          >
            +
          </button>
        )}
      </div>
      <Tail {...props} />
      <Wrong {...props} />
    </div>
  );
}

/** What the schema has against values that are not open. */
function Wrong(props: IParameterRowProps): JSX.Element | null {
  const { scope, name, values, edits, parameters } = props;
  const found = new Set(
    values.flatMap(({ text }, index) =>
      edits.some(edit => edit.index === index)
        ? []
        : (parameters.whyNotValue(text, { scope, name }) ?? [])
    )
  );
  return found.size === 0 ? null : (
    <div className="jp-OrchestJobs-parameterWrong" role="status">
      {[...found].join(' ')}
    </div>
  );
}

function Editor(
  props: IParameterRowProps & {
    edit: IEdit;
    wanted: React.MutableRefObject<number | typeof NONE>;
  }
): JSX.Element {
  const { edit, values, parameters, newEditor, trans, wanted } = props;
  return (
    <ValueEditor
      edit={edit}
      parameters={parameters}
      count={values.length}
      newEditor={newEditor}
      trans={trans}
      onClosed={index => {
        wanted.current = index;
      }}
    />
  );
}

function Chip(props: {
  index: number;
  text: string;
  name: string;
  /** What its schema has against it; null: nothing. */
  why: string | null;
  trans: TranslationBundle;
  onOpen: () => void;
  onKeyDown: (event: React.KeyboardEvent) => void;
}): JSX.Element {
  const { index, text, name, why, trans, onOpen, onKeyDown } = props;
  const preview = text.length > PREVIEW ? `${text.slice(0, PREVIEW)}…` : text;
  return (
    <button
      className="jp-OrchestJobs-chip"
      data-index={index}
      data-problem={why !== null || undefined}
      aria-label={
        why === null
          ? trans.__('%1, value %2 of %3', preview, index + 1, name)
          : trans.__('%1, value %2 of %3: %4', preview, index + 1, name, why)
      }
      aria-keyshortcuts="Enter Alt+ArrowLeft Alt+ArrowRight Delete"
      title={
        why === null
          ? text.slice(0, LONGEST_TITLE)
          : `${text.slice(0, LONGEST_TITLE)}\n${why}`
      }
      onClick={onOpen}
      onKeyDown={onKeyDown}
    >
      {preview}
    </button>
  );
}

/** How many values there are, and the way back. */
function Tail(props: IParameterRowProps): JSX.Element {
  const { scope, name, values, parameters, trans } = props;
  const added = props.default === null;
  const same = values.length === 1 && values[0].text === props.default;
  return (
    <span className="jp-OrchestJobs-parameterTail">
      {values.length > 1 && trans._n('%1 value', '%1 values', values.length)}
      {!same && values.length > 0 && (
        <Button
          className="jp-OrchestJobs-act"
          minimal
          aria-label={
            added
              ? trans.__('Remove the parameter %1', name)
              : trans.__('Reset %1 to its default', name)
          }
          title={
            added
              ? trans.__('The pipeline has no such parameter')
              : trans.__('Default: %1', props.default ?? '')
          }
          onClick={() => parameters.reset(scope, name)}
        >
          {added ? trans.__('Remove') : trans.__('Reset')}
        </Button>
      )}
    </span>
  );
}
