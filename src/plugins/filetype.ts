/** Teaches the file browser what a pipeline file is. */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { pipelineIcon } from '../components/icons';
import { PIPELINE_EXTENSION } from '../domain/paths';

export const fileTypePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:file-type',
  description: 'Adds the file type of Orchest pipelines.',
  autoStart: true,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_orchest_jobs');
    app.docRegistry.addFileType({
      name: 'orchest',
      displayName: trans.__('Orchest pipeline'),
      extensions: [PIPELINE_EXTENSION],
      mimeTypes: ['application/json'],
      contentType: 'file',
      fileFormat: 'text',
      icon: pipelineIcon
    });
  }
};
