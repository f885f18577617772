/** The tab of a rendered notebook, shut into a frame. */

import { IThemeManager, MainAreaWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import {
  IFrame,
  notebookIcon,
  refreshIcon,
  ToolbarButton
} from '@jupyterlab/ui-components';

import { IJobsClient } from '../../api/client';
import { IActions, INotebookPlace } from '../actions';
import { FRAME_SANDBOX } from './sandbox';
import { isLight } from './theme';

export interface INotebookTabOptions {
  readonly place: INotebookPlace;
  readonly client: IJobsClient;
  readonly actions: IActions;
  readonly themes: IThemeManager | null;
  readonly trans: TranslationBundle;
}

class NotebookFrame extends IFrame {
  constructor(private readonly _options: INotebookTabOptions) {
    super({ sandbox: [...FRAME_SANDBOX], referrerPolicy: 'no-referrer' });
    const { themes, place, trans } = _options;
    this.addClass('jp-OrchestJobs-frame');
    const frame = this.node.querySelector('iframe');
    frame?.setAttribute('title', place.title);
    frame?.addEventListener('load', () => this._setBusy(false));
    this._waiting.className = 'jp-OrchestJobs-rendering';
    this._waiting.textContent = trans.__('Rendering the notebook…');
    this.node.append(this._waiting);
    themes?.themeChanged.connect(this.reload, this);
    this.reload();
  }

  reload(): void {
    const { themes, client, place } = this._options;
    this._setBusy(true);
    const theme = isLight(themes) ? 'light' : 'dark';
    this.url = client.htmlUrl(place.run, place.step, theme);
  }

  override dispose(): void {
    this._options.themes?.themeChanged.disconnect(this.reload, this);
    super.dispose();
  }

  /** The first rendering takes a second or two. */
  private _setBusy(busy: boolean): void {
    this.node.setAttribute('aria-busy', String(busy));
    this._waiting.hidden = !busy;
  }

  private _waiting = document.createElement('p');
}

export function createNotebookTab(
  options: INotebookTabOptions
): MainAreaWidget {
  const { place, actions, trans } = options;
  const content = new NotebookFrame(options);
  const tab = new MainAreaWidget({ content });
  tab.id = `jp-orchest-notebook-${place.run}-${place.step}`;
  tab.title.icon = notebookIcon;
  tab.title.label = place.title;
  tab.title.caption = trans.__('Executed notebook: %1', place.title);
  tab.title.closable = true;
  tab.toolbar.addItem(
    'reload',
    new ToolbarButton({
      icon: refreshIcon,
      tooltip: trans.__('Render the notebook again'),
      onClick: () => content.reload()
    })
  );
  tab.toolbar.addItem(
    'view',
    new ToolbarButton({
      icon: notebookIcon,
      label: trans.__('Open as notebook view'),
      tooltip: trans.__(
        'As JupyterLab shows notebooks: formulas without a network, no scripts'
      ),
      onClick: () => actions.openNotebookView(place)
    })
  );
  return tab;
}
