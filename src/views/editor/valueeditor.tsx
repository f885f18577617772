/** One value that is being written, in the place of its chip. */

import { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import { CodeEditor } from '@jupyterlab/codeeditor';
import React, { useId } from 'react';

import { LazyForm } from '../../components/lazyform';
import { asMember, memberIn, whyNotJson } from '../../domain/jsontexts';
import { useLeave } from '../../hooks/leave';
import { IEdit, ParametersModel } from '../../models/parameters';
import { endingKeys, JsonField } from './jsoneditor';

interface IValueEditorProps {
  readonly edit: IEdit;
  readonly parameters: ParametersModel;
  /** How many values the list has. */
  readonly count: number;
  readonly newEditor: CodeEditor.Factory | null;
  readonly trans: TranslationBundle;
  /** It was closed by the keyboard: the focus goes to this value. */
  readonly onClosed: (index: number) => void;
}

export function ValueEditor(props: IValueEditorProps): JSX.Element {
  const { edit, parameters, count, newEditor, trans, onClosed } = props;
  const { name, index, text } = edit;
  const id = useId();
  /** A new value of which nothing is written yet is not wrong. */
  const isNew = (now: string) => now.trim() === '' && edit.before === '';
  const whyNot = (now: string) =>
    isNew(now) ? null : parameters.whyNotValue(now, edit);
  const why = whyNot(text);
  const form = parameters.formOf(edit);
  const { asJson } = parameters.state;
  const inForm = form !== null && !asJson;
  /** The form shows what its schema doesn't allow, beside the field. */
  const isShown = inForm && why !== null && whyNotJson(text, trans) === null;
  const fresh = index >= count;
  const commit = () => {
    if (parameters.commit(edit)) {
      onClosed(index);
    }
  };
  const cancel = () => {
    parameters.cancel(edit);
    onClosed(Math.min(index, count - 1));
  };
  const onBlur = useLeave(() => parameters.commit(edit));
  return (
    <div
      className="jp-OrchestJobs-valueEditor"
      role="group"
      aria-label={trans.__('Value %1 of %2', index + 1, name)}
      aria-describedby={id}
      data-invalid={why !== null || undefined}
      onBlur={onBlur}
    >
      {!inForm ? (
        <JsonField
          newEditor={newEditor}
          text={text}
          label={trans.__('Value %1 of %2, as JSON', index + 1, name)}
          issues={now => {
            const wrong = whyNot(now);
            return wrong === null
              ? []
              : [{ from: 0, to: now.length, message: wrong }];
          }}
          onChange={now => parameters.type(edit, now)}
          onSubmit={commit}
          onEscape={cancel}
        />
      ) : (
        <div
          className="jp-OrchestJobs-valueForm"
          onKeyDownCapture={endingKeys({ onSubmit: commit, onEscape: cancel })}
        >
          <LazyForm
            {...form}
            value={asMember(name, text)}
            focused
            trans={trans}
            onChange={now => parameters.type(edit, memberIn(now, name))}
            fallback={<p>{trans.__('Loading…')}</p>}
          />
        </div>
      )}
      <div className="jp-OrchestJobs-valueActs">
        <span
          id={id}
          className={`jp-OrchestJobs-${isShown ? 'hidden' : 'valueWhy'}`}
          role="status"
        >
          {why ?? trans.__('Ctrl+Enter keeps it, Esc leaves it as it was.')}
        </span>
        <Act
          label={trans.__('Keep')}
          disabled={why !== null}
          onClick={commit}
        />
        <Act label={trans.__('Cancel')} onClick={cancel} />
        {form !== null && (
          <Act
            label={trans.__('{} JSON')}
            pressed={asJson}
            onClick={() => parameters.showJson(!asJson)}
          />
        )}
        {!fresh && (
          <>
            <Act
              label={trans.__('Earlier')}
              disabled={index === 0}
              onClick={() => parameters.moveValue(edit, index - 1)}
            />
            <Act
              label={trans.__('Later')}
              disabled={index === count - 1}
              onClick={() => parameters.moveValue(edit, index + 1)}
            />
            <Act
              label={trans.__('Duplicate')}
              onClick={() => parameters.duplicateValue(edit)}
            />
            <Act
              label={trans.__('Remove')}
              disabled={count < 2}
              onClick={() => {
                parameters.removeValue(edit);
                onClosed(Math.max(0, index - 1));
              }}
            />
          </>
        )}
      </div>
    </div>
  );
}

function Act(props: {
  label: string;
  disabled?: boolean;
  /** Of what is on or off. */
  pressed?: boolean;
  onClick: () => void;
}): JSX.Element {
  const { label, disabled = false, pressed, onClick } = props;
  return (
    <Button
      className="jp-OrchestJobs-act"
      minimal
      disabled={disabled}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
