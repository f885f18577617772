/** Rows of environment variables. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useId, useState } from 'react';

import { IVariable } from '../../../domain/variables';

/** A text field of which the user's text counts when it is left, or with Enter. */
export function useTyped(
  value: string,
  onSettled: (text: string) => void
): {
  text: string;
  props: Pick<
    React.InputHTMLAttributes<HTMLInputElement | HTMLTextAreaElement>,
    'value' | 'onChange' | 'onBlur' | 'onKeyDown'
  >;
} {
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => setTyped(null), [value]);
  const text = typed ?? value;
  const settle = () => {
    if (typed !== null && typed !== value) {
      onSettled(typed);
    }
  };
  return {
    text,
    props: {
      value: text,
      onChange: event => setTyped(event.target.value),
      onBlur: settle,
      onKeyDown: event => {
        const plain = event.target instanceof HTMLInputElement;
        if (event.key === 'Enter' && plain) {
          settle();
        } else if (event.key === 'Escape' && typed !== null) {
          event.stopPropagation();
          setTyped(null);
        }
      }
    }
  };
}

export function PlainRow(props: {
  name: string;
  value: string;
  /** Whether all values are shown. */
  revealed: boolean;
  readOnly: boolean;
  trans: TranslationBundle;
  /** Why it can't be called so; empty if it can. */
  whyNot: (name: string) => string;
  /** Null: remove it. */
  onChange: (by: IVariable | null) => void;
  onSecret: () => void;
}): JSX.Element {
  const { name, value, readOnly, trans, whyNot, onChange, onSecret } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  const called = useTyped(name, text => {
    if (whyNot(text) === '') {
      onChange({ name: text, value });
    }
  });
  const problem = called.text === name ? '' : whyNot(called.text);
  const held = useTyped(value, text => onChange({ name, value: text }));
  const shown = open || props.revealed;
  const label = trans.__('Value of %1', name);
  const lines = held.text.split('\n').length;
  return (
    <tr>
      <td>
        <input
          className="jp-mod-styled"
          {...called.props}
          spellCheck={false}
          autoComplete="off"
          readOnly={readOnly}
          aria-label={trans.__('Name of %1', name)}
          aria-invalid={problem !== '' || undefined}
          aria-describedby={id}
        />
        <span id={id} className="jp-OrchestJobs-wrong" role="status">
          {problem !== '' &&
            trans.__('%1 Not saved: it stays “%2”.', problem, name)}
        </span>
      </td>
      <td>
        <div className="jp-OrchestJobs-secretValue">
          {shown && lines > 1 ? (
            <textarea
              className="jp-mod-styled"
              {...held.props}
              rows={Math.min(lines, 8)}
              spellCheck={false}
              readOnly={readOnly}
              aria-label={label}
            />
          ) : (
            <input
              className="jp-mod-styled"
              {...held.props}
              // One line would swallow the ends of the others.
              readOnly={readOnly || lines > 1}
              type={shown ? 'text' : 'password'}
              spellCheck={false}
              autoComplete="off"
              aria-label={label}
            />
          )}
          <button
            className="jp-OrchestJobs-act"
            aria-pressed={shown}
            aria-label={trans.__('Reveal the value of %1', name)}
            disabled={props.revealed}
            onClick={() => setOpen(!open)}
          >
            {shown ? trans.__('Hide') : trans.__('Reveal')}
          </button>
        </div>
      </td>
      <td>
        <input
          type="checkbox"
          checked={false}
          disabled={readOnly}
          aria-label={trans.__('%1 is secret', name)}
          title={trans.__('Hide its value for ever')}
          onChange={onSecret}
        />
      </td>
      <td>
        <RemoveButton
          name={name}
          readOnly={readOnly}
          trans={trans}
          onRemove={() => onChange(null)}
        />
      </td>
    </tr>
  );
}

export function SecretRow(props: {
  name: string;
  readOnly: boolean;
  trans: TranslationBundle;
  /** Null: remove it. */
  onChange: (value: string | null) => void;
}): JSX.Element {
  const { name, readOnly, trans, onChange } = props;
  const [given, setGiven] = useState(0);
  const held = useTyped('', text => {
    onChange(text);
    setGiven(given + 1);
  });
  return (
    <tr>
      <td>
        <code>{name}</code>
      </td>
      <td>
        <div className="jp-OrchestJobs-secretValue">
          <input
            key={given} // What was given is gone from the page.
            className="jp-mod-styled"
            {...held.props}
            value={held.text}
            type="password"
            autoComplete="new-password"
            readOnly={readOnly}
            placeholder={trans.__('set, and never shown; type to replace it')}
            aria-label={trans.__('New value of %1', name)}
          />
        </div>
      </td>
      <td>
        <input
          type="checkbox"
          checked
          disabled
          aria-label={trans.__('%1 is secret', name)}
          title={trans.__(
            'Its value can’t be shown again. Remove it, and add it anew.'
          )}
        />
      </td>
      <td>
        <RemoveButton
          name={name}
          readOnly={readOnly}
          trans={trans}
          onRemove={() => onChange(null)}
        />
      </td>
    </tr>
  );
}

function RemoveButton(props: {
  name: string;
  readOnly: boolean;
  trans: TranslationBundle;
  onRemove: () => void;
}): JSX.Element {
  const { name, readOnly, trans, onRemove } = props;
  return (
    <button
      className="jp-OrchestJobs-act"
      disabled={readOnly}
      aria-label={trans.__('Remove %1', name)}
      title={trans.__('Remove %1', name)}
      onClick={onRemove}
    >
      ✕
    </button>
  );
}
