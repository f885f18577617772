/** The dialog of the limits over all jobs. Loaded when it is asked for. */

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Settings } from '../../api/types';
import { LimitsForm } from './form';

class LimitsBody
  extends ReactWidget
  implements Dialog.IBodyWidget<Partial<Settings>>
{
  constructor(
    private readonly _settings: Settings,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-OrchestJobs-limits');
  }

  getValue(): Partial<Settings> {
    return this._changes;
  }

  protected render(): JSX.Element {
    return React.createElement(LimitsForm, {
      settings: this._settings,
      trans: this._trans,
      onChange: changes => {
        this._changes = changes;
      }
    });
  }

  private _changes: Partial<Settings> = {};
}

/** What the user changes; null: nothing. */
export async function askLimits(
  settings: Settings,
  trans: TranslationBundle
): Promise<Partial<Settings> | null> {
  const dialog = new Dialog<Partial<Settings>>({
    title: trans.__('Limits over all jobs'),
    body: new LimitsBody(settings, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Save') })
    ],
    focusNodeSelector: 'input'
  });
  const { button, value } = await dialog.launch();
  const changed = value !== null && Object.keys(value).length > 0;
  return button.accept && changed ? value : null;
}
