/** All that editing pipelines takes; loaded when the first one is opened. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IDocumentManager } from '@jupyterlab/docmanager';

import { addPipelineCommands } from './pipelineacts';
import { PipelineDocument } from './pipelinetab';
import { PipelineTabs } from './pipelinetabs';
import { addQuickRunCommands } from './quickruns';
import { IOrchestJobs } from './tokens';

/** The tabs of pipelines, with the commands that are about them. */
export function editPipelines(
  app: JupyterFrontEnd,
  service: IOrchestJobs,
  tracker: WidgetTracker<PipelineDocument>,
  documents: IDocumentManager | null,
  editors: IEditorServices | null
): PipelineTabs {
  const tabs = new PipelineTabs(app, service, tracker, documents, editors);
  addPipelineCommands(app, service, tabs, documents);
  addQuickRunCommands(app, service, tabs, documents);
  return tabs;
}
