/** Choosing the pipeline of a new job. Loaded when it is asked for. */

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { PipelineFiles } from '../../api/types';
import { PipelinePicker } from './picker';
import { FormDialog } from '../../components/formdialog';

class PickerBody extends ReactWidget implements Dialog.IBodyWidget<string> {
  constructor(
    private readonly _files: PipelineFiles,
    private readonly _onChosen: () => void,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-OrchestJobs-pickerBody');
  }

  getValue(): string {
    return this._path;
  }

  protected render(): JSX.Element {
    return React.createElement(PipelinePicker, {
      files: this._files,
      trans: this._trans,
      onSelect: path => {
        this._path = path ?? '';
      },
      onChosen: this._onChosen
    });
  }

  private _path = '';
}

/** Let the user choose one; null: none. */
export async function pickPipeline(
  files: PipelineFiles,
  trans: TranslationBundle
): Promise<string | null> {
  const body = new PickerBody(files, () => dialog.resolve(1), trans);
  const dialog: Dialog<string> = new FormDialog<string>({
    title: trans.__('New job: choose a pipeline'),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Create job') })
    ],
    focusNodeSelector: 'input'
  });
  const { button, value } = await dialog.launch();
  return button.accept && value ? value : null;
}
