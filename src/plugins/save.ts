/** A job runs what is on disk, so open documents have to get there first. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { DocumentRegistry } from '@jupyterlab/docregistry';
import { TranslationBundle } from '@jupyterlab/translation';

import { baseName, isShared, splitDrive } from '../domain/paths';

type Context = DocumentRegistry.Context;

/**
 * Save the pipeline and shared documents, which are saved all the time anyway; and ask about all
 * other documents with unsaved changes: which of them belong to the project is known to the server
 * only.
 *
 * @returns false if the job is not to be started.
 */
export async function saveBeforeRun(
  shell: JupyterFrontEnd.IShell,
  documents: IDocumentManager | null,
  path: string,
  trans: TranslationBundle
): Promise<boolean> {
  const unsaved = documents === null ? [] : unsavedOf(shell, documents);
  const local = splitDrive(path).path;
  const needed = unsaved.filter(
    ({ path: other }) => isShared(other) || splitDrive(other).path === local
  );
  const others = unsaved.filter(context => !needed.includes(context));
  let wanted = needed;
  if (others.length > 0) {
    const result = await showDialog({
      title: trans.__('Save before running?'),
      body: trans.__(
        'The job runs the files as they are saved. With unsaved changes: %1',
        others.map(context => baseName(context.path)).join(', ')
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.createButton({
          label: trans.__('Run without saving'),
          actions: ['asis']
        }),
        Dialog.okButton({ label: trans.__('Save all and run') })
      ]
    });
    if (!result.button.accept) {
      return false;
    }
    if (!result.button.actions.includes('asis')) {
      wanted = unsaved;
    }
  }
  try {
    await Promise.all(wanted.map(context => context.save()));
  } catch (reason) {
    await showErrorMessage(
      trans.__('Could not save'),
      reason instanceof Error ? reason.message : String(reason)
    );
    return false;
  }
  return true;
}

/** Documents of the server's own files with changes that may not be in the file yet. */
function unsavedOf(
  shell: JupyterFrontEnd.IShell,
  documents: IDocumentManager
): Context[] {
  const found = new Set<Context>();
  for (const widget of shell.widgets('main')) {
    const context = documents.contextForWidget(widget);
    if (
      context !== undefined &&
      (context.model.dirty || isShared(context.path)) &&
      splitDrive(context.path).drive === ''
    ) {
      found.add(context);
    }
  }
  return [...found];
}
