/** Dialogs whose body React fills. */

import { Dialog } from '@jupyterlab/apputils';

const FIELDS = ['input', 'select', 'textarea', 'button', 'a[href]']
  .map(field => `${field}:not(:disabled)`)
  .join(', ');

/**
 * JupyterLab looks for the first field before React has put it there, so behind the last button it
 * would go on with the first button, and nobody would come back to the fields.
 */
export class FormDialog<T> extends Dialog<T> {
  protected override _evtKeydown(event: KeyboardEvent): void {
    const first = this.node.querySelector<HTMLElement>(FIELDS);
    const last = [...this.node.querySelectorAll(FIELDS)].pop();
    if (
      event.key === 'Tab' &&
      !event.shiftKey &&
      document.activeElement === last
    ) {
      event.stopPropagation();
      event.preventDefault();
      first?.focus();
    } else {
      super._evtKeydown(event);
    }
  }
}
