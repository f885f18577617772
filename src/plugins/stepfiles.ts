/** Files for steps: chosen among those of the server, or made. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog, showErrorMessage } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import { TranslationBundle } from '@jupyterlab/translation';

import { fileKind, folderOf, relativeTo, splitDrive } from '../domain/paths';
import { PipelineEditor } from '../models/pipelineeditor';

/** What a new step is made of. */
export type NewFile = 'notebook' | 'python' | 'bash';

const SUFFIX: Readonly<Record<NewFile, string>> = {
  notebook: '.ipynb',
  python: '.py',
  bash: '.sh'
};

/** Files that the user chooses, from the server's root. */
export async function chooseFiles(
  folder: string,
  manager: IDocumentManager | null,
  trans: TranslationBundle
): Promise<string[]> {
  const title = trans.__('Choose notebooks and scripts');
  if (manager === null) {
    const { value } = await InputDialog.getText({
      title,
      label: trans.__('Path of the file')
    });
    return value ? [value] : [];
  }
  const { value } = await FileDialog.getOpenFiles({
    manager,
    title,
    defaultPath: folder,
    filter: ({ type, name }) =>
      type === 'directory' || fileKind(name) !== 'other' ? { score: 0 } : null
  });
  return (value ?? [])
    .filter(({ type }) => type !== 'directory')
    .map(({ path }) => splitDrive(path).path);
}

/** Another file for a step, as the pipeline names it; null: none was chosen. */
export async function chooseStepFile(
  editor: PipelineEditor,
  manager: IDocumentManager | null,
  trans: TranslationBundle
): Promise<string | null> {
  const folder = folderOf(editor.path());
  const [path] = await chooseFiles(folder, manager, trans);
  return path === undefined ? null : relativeTo(folder, path);
}

/**
 * Create an empty file beside a pipeline, with a name that the user gives.
 *
 * @param prefix - the pipeline's drive and folder, with what separates them from a name.
 * @returns its path; null if the user gave up, or it couldn't be made.
 */
export async function createFile(
  app: JupyterFrontEnd,
  kind: NewFile,
  prefix: string,
  trans: TranslationBundle
): Promise<string | null> {
  const titles: Record<NewFile, string> = {
    notebook: trans.__('New notebook'),
    python: trans.__('New Python script'),
    bash: trans.__('New bash script')
  };
  const { value } = await InputDialog.getText({
    title: titles[kind],
    label: trans.__('Name of the file'),
    text: `step${SUFFIX[kind]}`,
    selectionRange: 4,
    okLabel: trans.__('Create')
  });
  const typed = value?.trim() ?? '';
  if (typed === '') {
    return null;
  }
  const name = typed.toLowerCase().endsWith(SUFFIX[kind])
    ? typed
    : typed + SUFFIX[kind];
  const { contents, kernelspecs } = app.serviceManager;
  const path = prefix + name;
  try {
    const parent = await contents.get(prefix.replace(/\/$/, ''));
    const names = (parent.content as { name: string }[]).map(one => one.name);
    if (names.includes(name)) {
      throw new Error(
        trans.__('“%1” is there already. Add it with “Choose files…”.', name)
      );
    }
    await kernelspecs.ready;
    await contents.save(
      path,
      kind === 'notebook'
        ? { type: 'notebook', format: 'json', content: emptyNotebook(app) }
        : { type: 'file', format: 'text', content: '' }
    );
    return path;
  } catch (reason) {
    await showErrorMessage(
      trans.__('The file could not be created'),
      reason instanceof Error ? reason.message : String(reason)
    );
    return null;
  }
}

/** With the default kernel, so that it can run without being opened before. */
function emptyNotebook(app: JupyterFrontEnd): object {
  const { specs } = app.serviceManager.kernelspecs;
  const spec = specs?.kernelspecs[specs.default];
  return {
    cells: [],
    metadata:
      spec === undefined
        ? {}
        : {
            kernelspec: {
              display_name: spec.display_name,
              language: spec.language,
              name: spec.name
            }
          },
    nbformat: 4,
    nbformat_minor: 5
  };
}
