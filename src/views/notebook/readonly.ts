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
