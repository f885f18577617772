/**
 * The executed notebook as JupyterLab itself shows notebooks: its renderers, formulas without a
 * network, its theme. Nothing can be edited, executed or saved; and as no output is trusted,
 * JupyterLab takes scripts out of them. Loaded when the first one is opened.
 */

import '../../../style/files.css';

import { MainAreaWidget } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import {
  NotebookModel,
  NotebookPanel,
  StaticNotebook
} from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { TranslationBundle } from '@jupyterlab/translation';
import {
  notebookIcon,
  refreshIcon,
  ToolbarButton
} from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';

import { IJobsClient } from '../../api/client';
import { toApiError } from '../../api/errors';
import { INotebookPlace } from '../actions';
import { shutIn, toReadOnly } from './readonly';

export interface INotebookViewOptions {
  readonly place: INotebookPlace;
  readonly client: IJobsClient;
  readonly lab: {
    readonly rendermime: IRenderMimeRegistry;
    readonly editors: IEditorServices;
    readonly factory: NotebookPanel.IContentFactory;
  };
  readonly trans: TranslationBundle;
}

class NotebookView extends Panel {
  constructor(private readonly _options: INotebookViewOptions) {
    super();
    this.addClass('jp-OrchestJobs-notebookView');
    this.node.setAttribute('aria-label', _options.place.title);
    this.node.setAttribute('role', 'region');
    this.node.tabIndex = 0;
    shutIn(this.node);
    void this.load();
  }

  async load(): Promise<void> {
    const { client, place, lab, trans } = this._options;
    this._note(trans.__('Loading…'));
    let contents: unknown;
    try {
      contents = await client.readNotebook(place.run, place.step);
    } catch (reason) {
      this._note(toApiError(reason).message);
      return;
    }
    if (this.isDisposed) {
      return;
    }
    const model = new NotebookModel();
    model.fromJSON(toReadOnly(contents));
    model.readOnly = true;
    const notebook = new StaticNotebook({
      rendermime: lab.rendermime.clone(),
      contentFactory: lab.factory,
      mimeTypeService: lab.editors.mimeTypeService,
      notebookConfig: {
        ...StaticNotebook.defaultNotebookConfig,
        windowingMode: 'none'
      }
    });
    notebook.model = model;
    // The widget doesn't take its model with it.
    notebook.disposed.connect(() => model.dispose());
    this._put(notebook);
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._seekFailure();
  }

  private _note(text: string): void {
    const note = new Widget();
    note.addClass('jp-OrchestJobs-noLog');
    note.node.textContent = text;
    this._put(note);
  }

  private _put(widget: Widget): void {
    for (const old of [...this.widgets]) {
      old.dispose();
    }
    this.addWidget(widget);
    this._sought = false;
    this._seekFailure();
  }

  /** Once it can be seen, begin with the cell that failed. */
  private _seekFailure(): void {
    if (this._sought || !this.isVisible) {
      return;
    }
    requestAnimationFrame(() => {
      const found = this.node.querySelector(
        '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"], .jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]'
      );
      found?.closest('.jp-Cell')?.scrollIntoView({ block: 'nearest' });
      this._sought = found !== null;
    });
  }

  private _sought = false;
}

export function createNotebookViewTab(
  options: INotebookViewOptions
): MainAreaWidget {
  const { place, trans } = options;
  const content = new NotebookView(options);
  const tab = new MainAreaWidget({ content });
  tab.id = `jp-orchest-notebookview-${place.run}-${place.step}`;
  tab.title.icon = notebookIcon;
  tab.title.label = place.title;
  tab.title.caption = trans.__('Executed notebook, read-only: %1', place.title);
  tab.title.closable = true;
  tab.toolbar.addItem(
    'reload',
    new ToolbarButton({
      icon: refreshIcon,
      tooltip: trans.__('Load the notebook again'),
      onClick: () => content.load()
    })
  );
  return tab;
}
