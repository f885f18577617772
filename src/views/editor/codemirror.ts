/** JupyterLab's text editor with JSON lint. Loaded when the first value is opened. */
/* eslint-disable jupyter/prefer-lazy-imports -- this module itself is loaded on first use */

import { jsonLanguage } from '@codemirror/lang-json';
import { linter, lintGutter } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import { CodeEditor } from '@jupyterlab/codeeditor';

import { IIssue } from '../../domain/parametersfile';

export interface IJsonEditorOptions {
  readonly host: HTMLElement;
  readonly newEditor: CodeEditor.Factory;
  readonly text: string;
  readonly label: string;
  /** Whether lines have numbers. */
  readonly numbered: boolean;
  readonly issues: (text: string) => readonly IIssue[];
  readonly onChange: (text: string) => void;
}

export interface IJsonEditor {
  readonly text: string;
  setText(text: string): void;
  /** With the cursor behind the text. */
  focus(): void;
  dispose(): void;
}

const LINT_MS = 150;

export function createJsonEditor(options: IJsonEditorOptions): IJsonEditor {
  const { host, newEditor, text, label, numbered, issues, onChange } = options;
  const model = new CodeEditor.Model({ mimeType: 'application/json' });
  model.sharedModel.setSource(text);
  const lint = linter(
    view => {
      const now = view.state.doc.toString();
      return issues(now).map(({ from, to, message }) => {
        // What spans everything is a text that is not JSON: show where it breaks.
        const place = to - from < now.length ? { from, to } : breakOf(now);
        return { ...place, message, severity: 'error' as const };
      });
    },
    { delay: LINT_MS }
  );
  const editor = newEditor({
    host,
    model,
    config: {
      lineNumbers: numbered,
      lineWrap: true,
      codeFolding: false,
      highlightActiveLine: false
    },
    extensions: [
      lint,
      ...(numbered ? [lintGutter()] : []),
      EditorView.contentAttributes.of({ 'aria-label': label })
    ]
  });
  const changed = () => onChange(model.sharedModel.getSource());
  model.sharedModel.changed.connect(changed);
  return {
    get text(): string {
      return model.sharedModel.getSource();
    },
    setText: now => model.sharedModel.setSource(now),
    focus: () => {
      editor.focus();
      const line = editor.lineCount - 1;
      const column = (editor.getLine(line) ?? '').length;
      editor.setCursorPosition({ line, column });
    },
    dispose: () => {
      model.sharedModel.changed.disconnect(changed);
      editor.dispose();
      model.dispose();
    }
  };
}

/** The first place where a text stops being JSON. */
function breakOf(text: string): { from: number; to: number } {
  const end = { from: text.length, to: text.length };
  let found: { from: number; to: number } | null = null;
  jsonLanguage.parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) {
        found ??= { from, to };
      }
      return found === null;
    }
  });
  return found ?? end;
}
