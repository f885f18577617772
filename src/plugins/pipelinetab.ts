/** The tab of a pipeline file. */

import { DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import { Panel } from '@lumino/widgets';

import { PipelineEditor } from '../models/pipelineeditor';
import { QuickRun } from '../models/quickrun';
import { PipelinePanel } from '../views/pipeline';

export type PipelineDocument = DocumentWidget<
  Panel,
  DocumentRegistry.ICodeModel
>;

/** What is in one tab. */
export interface IPipelineTab {
  readonly document: PipelineDocument;
  readonly editor: PipelineEditor;
  readonly panel: PipelinePanel;
  readonly quick: QuickRun;
}
