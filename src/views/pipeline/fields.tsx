/** Fields of the panel: what is typed is in the pipeline when the field is left. */

import React, { useId, useState } from 'react';

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
