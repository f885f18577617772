/** Fields of the panel: what is typed is in the pipeline when the field is left. */

import { TranslationBundle } from '@jupyterlab/translation';
import { CodeEditor } from '@jupyterlab/codeeditor';
import React, { useEffect, useId, useState } from 'react';

import { useLeave } from '../../hooks/leave';
import { useObservable } from '../../hooks/observable';
import { ParameterTexts } from '../../models/parametertexts';
import { JsonField } from '../editor/jsoneditor';

export function TextField(props: {
  label: string;
  value: string;
  readOnly: boolean;
  /** Why a text can't be taken; empty if it can. */
  whyNot?: (text: string) => string;
  inputMode?: 'numeric';
  placeholder?: string;
  onChange: (text: string) => void;
}): JSX.Element {
  const { label, value, readOnly, inputMode, placeholder, onChange } = props;
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? value;
  const why = props.whyNot?.(text.trim()) ?? '';
  const commit = () => {
    if (typed !== null && why === '') {
      if (typed.trim() !== value) {
        onChange(typed.trim());
      }
      setTyped(null);
    }
  };
  return (
    <div className="jp-OrchestJobs-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="jp-mod-styled"
        value={text}
        readOnly={readOnly}
        inputMode={inputMode}
        placeholder={placeholder}
        spellCheck={false}
        aria-invalid={why !== ''}
        aria-describedby={`${id}-why`}
        onChange={event => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            commit();
          } else if (event.key === 'Escape' && typed !== null) {
            event.preventDefault();
            setTyped(null);
          }
        }}
      />
      <div id={`${id}-why`} className="jp-OrchestJobs-fieldWhy" role="status">
        {why}
      </div>
    </div>
  );
}

/** Parameters as JSON: in the pipeline as soon as they are valid. */
export function ParametersField(props: {
  texts: ParameterTexts;
  scope: string;
  label: string;
  readOnly: boolean;
  newEditor: CodeEditor.Factory | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { texts, scope, label, readOnly, newEditor, trans } = props;
  useObservable(texts);
  const text = texts.textOf(scope);
  const why = texts.why(scope);
  const onBlur = useLeave(() => texts.leave(scope));
  useEffect(() => () => texts.leave(scope), [texts, scope]);
  return (
    <section className="jp-OrchestJobs-field" aria-label={label}>
      <h3>{label}</h3>
      {readOnly ? (
        <pre className="jp-OrchestJobs-fixedJson" tabIndex={0}>
          {text}
        </pre>
      ) : (
        <div data-invalid={why !== '' || undefined} onBlur={onBlur}>
          <JsonField
            newEditor={newEditor}
            text={text}
            label={trans.__('%1, as JSON', label)}
            numbered
            focused={false}
            issues={now => {
              const wrong = texts.whyNot(now);
              return wrong === null
                ? []
                : [{ from: 0, to: now.length, message: wrong }];
            }}
            onChange={now => texts.type(scope, now)}
            onSubmit={() => texts.leave(scope)}
            onEscape={() => undefined}
          />
        </div>
      )}
      <div className="jp-OrchestJobs-fieldWhy" role="status">
        {why !== '' && (
          <>
            {trans.__('Not in the file yet: %1', why)}{' '}
            <button
              className="jp-OrchestJobs-link"
              onClick={() => texts.restore(scope)}
            >
              {trans.__('Restore')}
            </button>
          </>
        )}
      </div>
    </section>
  );
}
