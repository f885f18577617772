/** A notebook of which nothing is trusted and nothing can be changed. */

import { NotebookModel } from '@jupyterlab/notebook';

type Contents = Parameters<NotebookModel['fromJSON']>[0];

/**
 * The notebook with cells that are neither trusted nor editable, whatever it says of itself:
 * `trusted` in its metadata would let scripts in its outputs run in the user's name.
 */
export function toReadOnly(contents: unknown): Contents {
  const book = contents as Contents;
  return {
    ...book,
    cells: book.cells.map(cell => ({
      ...cell,
      metadata: {
        ...cell.metadata,
        trusted: false,
        editable: false,
        deletable: false
      }
    })) as Contents['cells']
  };
}

/**
 * Keep what is in a node from acting on JupyterLab. Its sanitizer leaves buttons that run commands
 * of JupyterLab, after a question or, in older versions, without one; and forms, which would
 * replace JupyterLab by whatever they lead to.
 */
export function shutIn(node: HTMLElement): void {
  const stop = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  node.addEventListener('submit', stop, true);
  node.addEventListener(
    'click',
    event => {
      const target = event.target as Element;
      if (target.closest('[data-commandlinker-command]') !== null) {
        stop(event);
      }
    },
    true
  );
}
