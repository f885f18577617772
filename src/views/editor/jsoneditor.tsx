/** A field for JSON: JupyterLab's editor, or a plain one where there is none. */

import { CodeEditor } from '@jupyterlab/codeeditor';
import React, { useEffect, useRef, useState } from 'react';

import { IIssue } from '../../domain/parametersfile';
import { IJsonEditor } from './codemirror';

export interface IJsonFieldProps {
  readonly newEditor: CodeEditor.Factory | null;
  readonly text: string;
  readonly label: string;
  readonly numbered?: boolean;
  /** Whether it gets the focus when it appears; it does unless told otherwise. */
  readonly focused?: boolean;
  readonly issues: (text: string) => readonly IIssue[];
  readonly onChange: (text: string) => void;
  /** Ctrl+Enter or Cmd+Enter. */
  readonly onSubmit: () => void;
  readonly onEscape: () => void;
}

/** Begin to load the editor, so that it is there when it is wanted. */
export const loadEditor = () =>
  import(/* webpackChunkName: "json-editor" */ './codemirror');

/** What the keys do that end writing. */
export function endingKeys({
  onSubmit,
  onEscape
}: Pick<IJsonFieldProps, 'onSubmit' | 'onEscape'>): React.KeyboardEventHandler {
  return event => {
    const isSubmit = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
    if (isSubmit || event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      (isSubmit ? onSubmit : onEscape)();
    } else if (event.key === 'Tab') {
      event.stopPropagation(); // Moves on, instead of indenting.
    }
  };
}

export function JsonField(props: IJsonFieldProps): JSX.Element {
  const { newEditor } = props;
  return (
    <div className="jp-OrchestJobs-json" onKeyDownCapture={endingKeys(props)}>
      {newEditor === null ? (
        <PlainField {...props} />
      ) : (
        <CodeField {...props} newEditor={newEditor} />
      )}
    </div>
  );
}

function PlainField(props: IJsonFieldProps): JSX.Element {
  const { text, label, focused = true, onChange } = props;
  return (
    <textarea
      aria-label={label}
      autoFocus={focused}
      spellCheck={false}
      rows={Math.min(12, text.split('\n').length)}
      value={text}
      onChange={event => onChange(event.target.value)}
    />
  );
}

function CodeField(
  props: IJsonFieldProps & { newEditor: CodeEditor.Factory }
): JSX.Element {
  const { text } = props;
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  const editor = useRef<IJsonEditor | null>(null);
  const [failed, setFailed] = useState(false);
  latest.current = props;

  useEffect(() => {
    let wanted = true;
    loadEditor().then(
      ({ createJsonEditor }) => {
        const {
          newEditor,
          label,
          numbered = false,
          focused = true
        } = latest.current;
        if (wanted && host.current !== null) {
          editor.current = createJsonEditor({
            host: host.current,
            newEditor,
            label,
            numbered,
            text: latest.current.text,
            issues: now => latest.current.issues(now),
            onChange: now => latest.current.onChange(now)
          });
          if (focused) {
            editor.current.focus();
          }
        }
      },
      () => setFailed(true) // The server is away: plain, but it works.
    );
    return () => {
      wanted = false;
      editor.current?.dispose();
      editor.current = null;
    };
  }, []);

  useEffect(() => {
    if (editor.current !== null && editor.current.text !== text) {
      editor.current.setText(text);
    }
  }, [text]);

  return failed ? (
    <PlainField {...props} />
  ) : (
    <div className="jp-OrchestJobs-code" ref={host} />
  );
}
