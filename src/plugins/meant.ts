/** Which pipeline, notebook or script a command is about that isn't told. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { TranslationBundle } from '@jupyterlab/translation';

import { baseName, isPipeline, splitDrive } from '../domain/paths';
import { isRunnable } from '../domain/stepfiles';

/**
 * The file to be run: a pipeline, or a notebook or script that is one by itself.
 *
 * @param of - `selection` for the file selected in the file browser, `document` for the open one.
 *   Else a selected pipeline comes first: a notebook is selected more often than it is meant.
 * @returns null if there is none.
 */
export function pipelineMeant(
  shell: JupyterFrontEnd.IShell,
  browsers: IFileBrowserFactory | null,
  documents: IDocumentManager | null,
  of: string | null = null
): string | null {
  const open = shell.currentWidget;
  const context = open ? documents?.contextForWidget(open) : undefined;
  const item = browsers?.tracker.currentWidget?.selectedItems().next();
  const selected = item?.value?.path;
  const candidates =
    of === 'selection'
      ? [selected]
      : of === 'document'
        ? [context?.path]
        : [
            selected !== undefined && isPipeline(selected)
              ? selected
              : undefined,
            context?.path,
            selected
          ];
  return (
    candidates.find(path => path !== undefined && isRunnable(path)) ?? null
  );
}

/** The path on the server; null, and said, if the file is on another drive. */
export function localPath(
  path: string,
  trans: TranslationBundle
): string | null {
  const { drive, path: local } = splitDrive(path);
  if (drive === '') {
    return local;
  }
  Notification.warning(
    trans.__(
      'Jobs run from the files of the Jupyter server. “%1” is on the drive %2: copy its project to the server first.',
      baseName(local),
      drive
    ),
    { autoClose: 15_000 }
  );
  return null;
}
