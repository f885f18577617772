import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { ITranslator, nullTranslator } from '@jupyterlab/translation';

/** Teaches the file browser what a pipeline file is. */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:plugin',
  description: 'Adds the file type of Orchest pipelines.',
  autoStart: true,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_orchest_jobs');
    app.docRegistry.addFileType({
      name: 'orchest',
      displayName: trans.__('Orchest pipeline'),
      extensions: ['.orchest'],
      mimeTypes: ['application/json'],
      contentType: 'file',
      fileFormat: 'text'
    });
  }
};

export default plugin;
