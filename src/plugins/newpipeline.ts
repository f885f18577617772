/** *New pipeline*: an empty file, opened. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { UUID } from '@lumino/coreutils';

import { PIPELINE_EXTENSION } from '../domain/paths';
import { newPipeline } from '../domain/pipeline/create';
import { IOrchestJobs } from './tokens';

/** Create an untitled pipeline in a folder; JupyterLab asks for its name when it is saved. */
export async function createPipeline(
  app: JupyterFrontEnd,
  folder: string,
  factory: string,
  { trans }: IOrchestJobs
): Promise<DocumentWidget | null> {
  const { contents } = app.serviceManager;
  try {
    const { path } = await contents.newUntitled({
      path: folder,
      type: 'file',
      ext: PIPELINE_EXTENSION
    });
    await contents.save(path, {
      type: 'file',
      format: 'text',
      // Without a name it is called like its file, also when that is renamed.
      content: newPipeline('', UUID.uuid4())
    });
    const tab = (await app.commands.execute('docmanager:open', {
      path,
      factory
    })) as DocumentWidget | undefined;
    if (tab !== undefined) {
      tab.isUntitled = true;
    }
    return tab ?? null;
  } catch (reason) {
    await showErrorMessage(
      trans.__('The pipeline could not be created'),
      reason instanceof Error ? reason.message : String(reason)
    );
    return null;
  }
}
