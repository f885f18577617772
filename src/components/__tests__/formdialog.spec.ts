import { Dialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';

import { FormDialog } from '../formdialog';

describe('a dialog with fields', () => {
  it('goes on with its first field behind its last button', async () => {
    const body = new Widget();
    const dialog = new FormDialog({
      body,
      buttons: [Dialog.cancelButton(), Dialog.okButton()]
    });
    const closed = dialog.launch();
    await dialog.ready;
    // As React does: later than the dialog.
    body.node.innerHTML = '<input disabled><input id="first"><input>';
    const [cancel, ok] = dialog.node.querySelectorAll('button');
    const tab = (shiftKey = false) => {
      const key = { key: 'Tab', keyCode: 9, shiftKey, bubbles: true };
      const event = new KeyboardEvent('keydown', { ...key, cancelable: true });
      document.activeElement?.dispatchEvent(event);
      return event.defaultPrevented;
    };
    ok.focus();
    expect(tab(true)).toBe(false);
    expect(tab()).toBe(true);
    expect(document.activeElement?.id).toBe('first');
    // Elsewhere, the browser knows what comes next.
    expect(tab()).toBe(false);
    cancel.focus();
    expect(tab()).toBe(false);
    dialog.reject();
    await closed;
  });
});
