/** What all parts of the editor of pipelines need. */

import { CodeEditor } from '@jupyterlab/codeeditor';
import { TranslationBundle } from '@jupyterlab/translation';

import { IPoint } from '../../domain/graph';
import { QuickRun } from '../../models/quickrun';
import { PipelineEditor } from '../../models/pipelineeditor';

/** What the editor does through JupyterLab. */
export interface IPipelineActs {
  /** Open the file of a step; its path is from the server's root. */
  openFile(path: string): void;
  /** Open the pipeline as text. */
  openText(): void;
  /** Let the user choose another file for a step. */
  chooseFile(step: string): void;
  /** Open a run, at a step. */
  openRun(id: string, step?: string): void;
  cancelQuickRun(): void;
  /** Make steps of files of the server. */
  addFiles(paths: readonly string[], at: IPoint): void;
}

/** A kernel that is installed. */
export interface IKernelChoice {
  readonly name: string;
  readonly displayName: string;
}

export interface IPipelineProps {
  readonly editor: PipelineEditor;
  readonly quick: QuickRun;
  readonly acts: IPipelineActs;
  readonly kernels: readonly IKernelChoice[];
  readonly newEditor: CodeEditor.Factory | null;
  readonly trans: TranslationBundle;
}
