/** Whether everything is saved, and what to do with it. Always in sight. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { ActionButton } from '../../components/actionbutton';
import { whyNotJob } from '../../domain/permits';
import { uiLocale } from '../../hooks/clock';
import { useObservable } from '../../hooks/observable';
import { IDraftState } from '../../models/draft';
import { IEditorProps } from './props';

export function EditorFooter(props: IEditorProps): JSX.Element | null {
  const { model, trans } = props;
  const state = useObservable(model.draft);
  return (
    <div className="jp-OrchestJobs-footer">
      <span
        className="jp-OrchestJobs-saving"
        role="status"
        data-kind={state.saving}
      >
        {model.auto
          ? autoWords(state, trans)
          : explicitWords(state, model.draft.isSaved, trans)}
      </span>
      <div className="jp-OrchestJobs-buttons">
        {model.auto ? <DraftButtons {...props} /> : <EditButtons {...props} />}
      </div>
    </div>
  );
}

function DraftButtons(props: IEditorProps): JSX.Element | null {
  const { model, actions, trans } = props;
  const { shown, errors } = useObservable(model.draft);
  const { included: runs } = useObservable(model.grid);
  useObservable(model.parameters);
  useObservable(model.blocks);
  if (shown === null) {
    return null;
  }
  const now = shown.schedule.kind === 'now';
  const act = now ? trans.__('Run job') : trans.__('Schedule job');
  const label =
    runs === null
      ? act
      : trans._n(
          '%2 · %3 run',
          '%2 · %3 runs',
          runs,
          act,
          runs.toLocaleString(uiLocale() || undefined)
        );
  const why =
    whyNotJob('start', shown, trans) ||
    model.parameters.whyNot ||
    model.blocks.whyNot ||
    (Object.keys(errors).length > 0
      ? trans.__('put right first what could not be saved')
      : runs === 0
        ? trans.__('include at least one pipeline run')
        : '');
  const start = async () => {
    if (await model.draft.flush()) {
      actions.job('start', shown.id);
    }
  };
  return (
    <>
      <ActionButton
        label={trans.__('Discard…')}
        hint={trans.__('Delete this draft')}
        why={whyNotJob('delete', shown, trans)}
        onClick={() => actions.job('delete', shown.id)}
      />
      <ActionButton
        label={label}
        why={why}
        primary
        onClick={() => void start()}
      />
    </>
  );
}

function EditButtons(props: IEditorProps): JSX.Element {
  const { model, trans, onClose } = props;
  const { saving } = useObservable(model.draft);
  useObservable(model.parameters);
  useObservable(model.blocks);
  const unchanged = model.draft.isSaved ? trans.__('nothing is changed') : '';
  const save = async () => {
    if (await model.draft.retry()) {
      onClose();
    }
  };
  return (
    <>
      <ActionButton
        label={trans.__('Close')}
        why={model.isDirty ? trans.__('save or revert your changes first') : ''}
        onClick={onClose}
      />
      <ActionButton
        label={trans.__('Revert')}
        hint={trans.__('Forget what you have changed')}
        why={model.isDirty ? '' : unchanged}
        onClick={() => {
          model.parameters.revert();
          model.draft.revert();
        }}
      />
      <ActionButton
        label={trans.__('Save')}
        hint={trans.__('Let the changes hold for the next batches')}
        why={
          saving === 'saving'
            ? trans.__('it is being saved')
            : model.parameters.whyNot || model.blocks.whyNot || unchanged
        }
        primary
        onClick={() => void save()}
      />
    </>
  );
}

function autoWords(state: IDraftState, trans: TranslationBundle): string {
  switch (state.saving) {
    case 'saved':
      return state.savedAt === null
        ? trans.__('All changes are saved')
        : trans.__('Autosaved %1', clock(state.savedAt));
    case 'unsaved':
    case 'saving':
      return trans.__('Saving…');
    case 'refused':
      return trans.__('Not saved: %1', reasons(state));
    case 'offline':
      return trans.__(
        'Not saved: the Jupyter server doesn’t answer. It is saved as soon as the server is back.'
      );
  }
}

function explicitWords(
  state: IDraftState,
  saved: boolean,
  trans: TranslationBundle
): string {
  switch (state.saving) {
    case 'saving':
      return trans.__('Saving…');
    case 'refused':
      return trans.__('Not saved: %1', reasons(state));
    case 'offline':
      return trans.__(
        'Not saved: the Jupyter server doesn’t answer. Try again when it is back.'
      );
    default:
      return saved
        ? trans.__('No changes')
        : trans.__('Changes that are not saved');
  }
}

/** Each reason once: a refusal of the whole is that of every field. */
function reasons({ errors }: IDraftState): string {
  return [...new Set(Object.values(errors))].join(' ');
}

function clock(at: number): string {
  return new Date(at).toLocaleTimeString(uiLocale() || undefined, {
    hour: '2-digit',
    minute: '2-digit'
  });
}
