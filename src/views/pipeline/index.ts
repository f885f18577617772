/** The contents of a pipeline's tab. Loaded when the first one is opened. */

import '../../../style/pipeline.css';

import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { IPoint } from '../../domain/graph';
import { PipelineBody } from './body';
import { ICanvas } from './canvas';
import { acceptFiles } from './drop';
import { IKernelChoice, IPipelineProps } from './props';

export type { IKernelChoice, IPipelineActs } from './props';

export class PipelinePanel extends ReactWidget {
  constructor(private readonly _options: Omit<IPipelineProps, 'kernels'>) {
    super();
    this.addClass('jp-OrchestJobs');
    this.addClass('jp-OrchestJobs-pipelineTab');
    // Undo and redo of JupyterLab's Edit menu have their keys here.
    this.node.dataset.jpUndoer = 'true';
    acceptFiles(
      this.node,
      target =>
        _options.editor.doc.canEdit &&
        target.closest('.jp-OrchestJobs-canvasPane') !== null,
      (paths, point) => {
        const at = this.canvas?.placeAt(point);
        if (at !== undefined) {
          _options.acts.addFiles(paths, at);
        }
      }
    );
  }

  openFile(path: string): void {
    this._options.acts.openFile(path);
  }

  /** Null before it is drawn. */
  canvas: ICanvas | null = null;

  /** The kernels that are installed. */
  set kernels(kernels: readonly IKernelChoice[]) {
    this._kernels = kernels;
    this.update();
  }

  /** Where a menu opens: below the toolbar, or at the step that has the focus. */
  menuPlace(fromToolbar: boolean): IPoint {
    const step = this.node.querySelector('[data-step]:focus');
    const target = fromToolbar || step === null ? this.node : step;
    const { left, top } = target.getBoundingClientRect();
    const inset = fromToolbar ? 0 : 16;
    return { x: left + inset, y: top + inset };
  }

  protected render(): JSX.Element {
    return React.createElement(PipelineBody, {
      ...this._options,
      kernels: this._kernels,
      onCanvas: canvas => {
        this.canvas = canvas;
      }
    });
  }

  private _kernels: readonly IKernelChoice[] = [];
}
