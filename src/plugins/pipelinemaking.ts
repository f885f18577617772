/** Writes pipeline files; loaded when the first one is made or opened. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Dialog,
  Notification,
  ReactWidget,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';
import { DocumentRegistry } from '@jupyterlab/docregistry';
import { Contents } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import React from 'react';

import { baseName, PIPELINE_EXTENSION, splitDrive } from '../domain/paths';
import { fileWithUuid, pipelineFromFiles } from '../domain/pipeline/create';
import { setUuid } from '../domain/pipeline/edits';
import { IElyraImport, importElyra } from '../domain/pipeline/elyra';
import { tellNote } from '../domain/pipeline/elyrawords';
import { readPipeline } from '../domain/pipeline/read';
import { folderPrefix, freeName } from '../domain/stepfiles';
import { applyTo } from '../models/sharedtext';
import { IOrchestJobs } from './tokens';

const newId = () => UUID.uuid4();

/** Make a chain of files of one folder, there, and open it. */
export async function createFromFiles(
  app: JupyterFrontEnd,
  paths: readonly string[],
  trans: TranslationBundle
): Promise<void> {
  const folder = folderPrefix(paths[0]);
  try {
    if (paths.some(path => !path.startsWith(folder))) {
      throw new Error(trans.__('The files must be in one folder.'));
    }
    const files = paths.map(path => path.slice(folder.length));
    // Without a name it is called like its file, also when that is renamed.
    const text = pipelineFromFiles(files, '', newId);
    await write(app, folder, 'pipeline', text);
  } catch (reason) {
    await refuse(trans.__('No pipeline could be made'), reason);
  }
}

/** Make a pipeline of a file of Elyra beside it, open it, and tell what is otherwise. */
export async function importFile(
  app: JupyterFrontEnd,
  path: string,
  trans: TranslationBundle
): Promise<void> {
  const { contents } = app.serviceManager;
  const name = baseName(splitDrive(path).path);
  const stem = name.replace(/\.pipeline$/i, '');
  try {
    const { content } = await contents.get(path, {
      type: 'file',
      format: 'text',
      content: true
    });
    const found = read(String(content), stem, trans);
    const written = await write(app, folderPrefix(path), stem, found.text);
    await tell(found, name, written, trans);
  } catch (reason) {
    await refuse(trans.__('“%1” can’t be imported', name), reason);
  }
}

/** If the file has the UUID of another one of its project, offer to give it one of its own. */
export async function offerOwnUuid(
  context: DocumentRegistry.Context,
  { client, trans }: IOrchestJobs
): Promise<void> {
  const { drive, path } = splitDrive(context.path);
  const uuid = readPipeline(context.model.toString()).pipeline?.uuid ?? '';
  if (drive !== '' || uuid === '' || !context.contentsModel?.writable) {
    return;
  }
  let items;
  try {
    ({ items } = await client.listPipelines());
  } catch {
    return; // The server is away, or an old one; nothing depends on this.
  }
  const own = items.find(item => item.path === path);
  const project = items.filter(item => item.project === own?.project);
  const other = fileWithUuid(uuid, path, project);
  if (own === undefined || other === null || context.isDisposed) {
    return;
  }
  Notification.info(
    trans.__(
      '“%1” has the same UUID as “%2”: one is a copy of the other.',
      path,
      other.path
    ),
    {
      autoClose: 20_000,
      actions: [
        {
          label: trans.__('Give it its own'),
          caption: trans.__('Write a new UUID into “%1”', path),
          callback: () => void giveUuid(context)
        }
      ]
    }
  );
}

/** Give an open file a new UUID; it is saved unless there is something else to save. */
async function giveUuid(context: DocumentRegistry.Context): Promise<void> {
  if (context.isDisposed) {
    return;
  }
  const { model } = context as DocumentRegistry.CodeContext;
  const wasDirty = model.dirty;
  applyTo(model.sharedModel, [text => setUuid(text, newId())]);
  if (!wasDirty) {
    await context.save();
  }
}

/** @throws Error: it is no pipeline of Elyra; says why. */
function read(
  text: string,
  name: string,
  trans: TranslationBundle
): IElyraImport {
  let found;
  try {
    found = importElyra(text, name, newId);
  } catch (reason) {
    if (reason instanceof SyntaxError) {
      throw new Error(trans.__('The file is not JSON: %1', reason.message));
    }
    throw reason;
  }
  if (found === null) {
    throw new Error(trans.__('The file is no pipeline of Elyra.'));
  }
  return found;
}

/** Write a new pipeline file with a free name, and open it. */
async function write(
  { serviceManager: { contents }, commands }: JupyterFrontEnd,
  folder: string,
  stem: string,
  content: string
): Promise<string> {
  const listed = await contents.get(folder.replace(/\/$/, ''), {
    content: true
  });
  const taken = (listed.content as Contents.IModel[]).map(({ name }) => name);
  const path = folder + freeName(stem, PIPELINE_EXTENSION, taken);
  await contents.save(path, { type: 'file', format: 'text', content });
  await commands.execute('docmanager:open', { path });
  return baseName(splitDrive(path).path);
}

async function tell(
  { steps, notes }: IElyraImport,
  from: string,
  into: string,
  trans: TranslationBundle
): Promise<void> {
  const done = trans._n(
    '“%2” was imported into “%3” with %1 step.',
    '“%2” was imported into “%3” with %1 steps.',
    steps,
    from,
    into
  );
  if (notes.length === 0) {
    Notification.success(done, { autoClose: 5_000 });
    return;
  }
  const lines = notes.map((note, index) =>
    React.createElement(
      'li',
      { key: index },
      note.steps.length > 0 &&
        React.createElement(
          'span',
          { className: 'jp-OrchestJobs-problemStep' },
          note.steps.join(', ')
        ),
      React.createElement('span', null, tellNote(note, trans))
    )
  );
  const body = React.createElement(
    'div',
    { className: 'jp-OrchestJobs-refusal' },
    React.createElement('p', null, `${done} ${trans.__('Look at these:')}`),
    React.createElement(
      'ul',
      { className: 'jp-OrchestJobs-problems' },
      ...lines
    )
  );
  await showDialog({
    title: trans.__('Imported, with differences'),
    body: ReactWidget.create(body),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

async function refuse(title: string, reason: unknown): Promise<void> {
  await showErrorMessage(
    title,
    reason instanceof Error ? reason.message : String(reason)
  );
}
