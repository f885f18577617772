/** The editor of a draft, and of what the next batches of an active job are. */

import React, { useCallback, useEffect, useRef } from 'react';

import { Notice } from '../../components/notice';
import { useObservable } from '../../hooks/observable';
import { EditorFooter } from './footer';
import { EditorHeader } from './header';
import { loadEditor } from './jsoneditor';
import { Parameters } from './parameters';
import { IEditorProps } from './props';
import { SECTIONS } from './sections';
import { ISection } from './sections/section';

/** Places where Ctrl+Z is for the text in them. */
const TEXTS = 'input, textarea, [contenteditable="true"]';

export function JobEditor(props: IEditorProps): JSX.Element {
  const { model, trans } = props;
  const { shown } = useObservable(model.draft);
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A server that is away is told elsewhere; it is asked again when a value is opened.
    loadEditor().catch(() => undefined);
  }, []);
  if (shown === null) {
    return <div className="jp-OrchestJobs-loading">{trans.__('Loading…')}</div>;
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    const inText = (event.target as Element).closest(TEXTS) !== null;
    const mod = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (mod && !inText && (key === 'z' || key === 'y')) {
      event.preventDefault();
      event.stopPropagation();
      if (key === 'y' || event.shiftKey) {
        model.draft.redo();
      } else {
        model.draft.undo();
      }
    }
  };
  const onBlur = (event: React.FocusEvent) => {
    if (model.auto && !event.currentTarget.contains(event.relatedTarget)) {
      void model.draft.flush(); // What acts on the job next may be a menu.
    }
  };
  const parts = [
    { id: 'parameters', title: trans.__('Parameters') },
    ...SECTIONS.map(({ id, title }) => ({ id, title: title(trans) }))
  ];
  const goTo = (id: string) => {
    const target = page.current?.querySelector<HTMLElement>(
      `[data-section="${id}"] > h2`
    );
    target?.scrollIntoView({ block: 'start' });
    target?.focus({ preventScroll: true });
  };
  return (
    <div
      className="jp-OrchestJobs-editor"
      onKeyDown={onKeyDown}
      onBlur={onBlur}
    >
      <EditorHeader {...props} />
      <div className="jp-OrchestJobs-editorMain">
        <nav
          className="jp-OrchestJobs-editorNav"
          aria-label={trans.__('Sections of this job')}
        >
          {parts.map(({ id, title }) => (
            <button key={id} onClick={() => goTo(id)}>
              {title}
            </button>
          ))}
        </nav>
        <div className="jp-OrchestJobs-editorPage" ref={page} tabIndex={-1}>
          <section data-section="parameters" aria-label={parts[0].title}>
            <h2 tabIndex={-1}>{parts[0].title}</h2>
            <Parameters {...props} />
          </section>
          {SECTIONS.map(section => (
            <Section key={section.id} {...props} section={section} />
          ))}
        </div>
      </div>
      <EditorFooter {...props} />
    </div>
  );
}

function Section(
  props: IEditorProps & { section: ISection }
): JSX.Element | null {
  const { model, client, actions, section, trans } = props;
  const { shown, errors } = useObservable(model.draft);
  const { id, title, fields, saysErrors = false, Body } = section;
  const block = useCallback(
    (why: string) => model.blocks.set(id, why),
    [model, id]
  );
  if (shown === null) {
    return null;
  }
  const said = fields.flatMap(field => errors[field] ?? []);
  const error = said.length > 0 ? [...new Set(said)].join('\n') : null;
  return (
    <section data-section={id} aria-label={title(trans)}>
      <h2 tabIndex={-1}>{title(trans)}</h2>
      {error !== null && !saysErrors && (
        <Notice kind="error" live>
          {trans.__('Not saved: %1', error)}
        </Notice>
      )}
      <Body
        job={shown}
        grid={model.grid}
        change={changes => model.draft.change(changes)}
        error={error}
        block={block}
        client={client}
        actions={actions}
        trans={trans}
        readOnly={false}
      />
    </section>
  );
}
