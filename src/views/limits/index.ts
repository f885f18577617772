/** The dialog of the limits over all jobs. Loaded when it is asked for. */

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import React from 'react';

import { Settings } from '../../api/types';
import { LimitsForm } from './form';
import { FormDialog } from '../../components/formdialog';

type Asked = Omit<React.ComponentProps<typeof LimitsForm>, 'onChange'>;

class LimitsBody
  extends ReactWidget
  implements Dialog.IBodyWidget<Partial<Settings>>
{
  constructor(private readonly _props: Asked) {
    super();
    this.addClass('jp-OrchestJobs-limits');
    this._changes = _props.typed;
  }

  getValue(): Partial<Settings> {
    return this._changes;
  }

  protected render(): JSX.Element {
    return React.createElement(LimitsForm, {
      ...this._props,
      onChange: changes => {
        this._changes = changes;
      }
    });
  }

  private _changes: Partial<Settings>;
}

/**
 * What the user changes; null: nothing.
 *
 * @param asked - with what was changed before and refused, to be mended.
 */
export async function askLimits(
  asked: Asked
): Promise<Partial<Settings> | null> {
  const { trans } = asked;
  const dialog = new FormDialog<Partial<Settings>>({
    title: trans.__('Limits over all jobs'),
    body: new LimitsBody(asked),
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
