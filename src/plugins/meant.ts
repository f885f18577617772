/** Which pipeline a command without arguments is about. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { TranslationBundle } from '@jupyterlab/translation';

import { baseName, isPipeline, splitDrive } from '../domain/paths';

/** The pipeline selected in the file browser, else the open document; null if there is none. */
export function pipelineMeant(
  shell: JupyterFrontEnd.IShell,
  browsers: IFileBrowserFactory | null,
  documents: IDocumentManager | null
): string | null {
  const selected = browsers?.tracker.currentWidget?.selectedItems().next();
  const open = shell.currentWidget;
  const context = open ? documents?.contextForWidget(open) : undefined;
  const paths = [selected?.value?.path, context?.path];
  return paths.find(path => path !== undefined && isPipeline(path)) ?? null;
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
