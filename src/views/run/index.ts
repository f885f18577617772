/** The tab of one run (*View pipeline*). Loaded when the first one is opened. */

import { IThemeManager, MainAreaWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { runIcon } from '../../components/icons';
import { Live } from '../../models/live';
import { RunSession } from '../../models/runsession';
import { ViewPrefs } from '../../models/viewprefs';
import { IActions } from '../actions';
import { RunBody } from './body';

export { ViewPrefs };

/** What a tab shows. */
export interface IRunPlace {
  readonly id: string;
  readonly step?: string;
}

export interface IRunTabOptions {
  readonly id: string;
  /** The step to show first. */
  readonly step: string | null;
  readonly client: IJobsClient;
  readonly live: Live;
  readonly actions: IActions;
  readonly prefs: ViewPrefs;
  readonly themes: IThemeManager | null;
  readonly trans: TranslationBundle;
  /** Whether a run has a tab. */
  readonly isOpen: (id: string) => boolean;
  /** The tab shows another run or step. */
  readonly onPlace: (tab: RunTab, place: IRunPlace) => void;
}

class RunContent extends ReactWidget {
  constructor(private readonly _options: IRunTabOptions) {
    super();
    this.session = this._open(_options.id, _options.step);
    this.session.run.changed.connect(this._onChanged, this);
    this.addClass('jp-OrchestJobs');
    this.addClass('jp-OrchestJobs-tab');
    this.addClass('jp-OrchestJobs-runTab');
    document.addEventListener('visibilitychange', this._onVisibility);
  }

  session: RunSession;
  /** Called when another run or step is shown. */
  onPlace: (place: IRunPlace) => void = () => undefined;

  /** Show the run before or after this one; what is shown stays until the other one is known. */
  move(side: 'previous' | 'next'): void {
    const { isOpen, actions } = this._options;
    const id = this.session.neighbours.state[side];
    const step = this.session.run.step?.step ?? null;
    if (id === null || this._coming?.run.id === id) {
      return;
    }
    if (isOpen(id)) {
      actions.openRun(id, step ?? undefined);
      return;
    }
    this._coming?.dispose();
    const coming = this._open(id, step);
    this._coming = coming;
    coming.run.changed.connect(this._onComing, this);
  }

  override dispose(): void {
    document.removeEventListener('visibilitychange', this._onVisibility);
    this._coming?.dispose();
    this.session.dispose();
    super.dispose();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._onVisibility();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._onVisibility();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._onVisibility();
  }

  protected render(): JSX.Element {
    const { client, actions, prefs, themes, trans } = this._options;
    return React.createElement(RunBody, {
      session: this.session,
      prefs,
      client,
      actions,
      themes,
      trans,
      onMove: side => this.move(side)
    });
  }

  private _open(id: string, step: string | null): RunSession {
    const { client, live } = this._options;
    return new RunSession(client, live, id, step);
  }

  private _onComing(): void {
    const coming = this._coming;
    if (coming === null) {
      return;
    }
    const { value, gone, message } = coming.run.state;
    if (!gone && message === '' && (value === null || !coming.run.places)) {
      return;
    }
    coming.run.changed.disconnect(this._onComing, this);
    this._coming = null;
    this.session.dispose();
    this.session = coming;
    coming.run.changed.connect(this._onChanged, this);
    this._onVisibility();
    this._onChanged();
    this.update();
  }

  private _onChanged(): void {
    const { trans } = this._options;
    const { run } = this.session;
    const { value } = run.state;
    if (value !== null) {
      this.title.label = trans.__('%1 · run %2', value.job_name, value.number);
      this.title.caption = trans.__(
        'Run %1 of job %2: %3',
        value.number,
        value.job_number,
        value.pipeline_path
      );
    }
    const place = `${run.id} ${run.chosen}`;
    if (place !== this._place) {
      this._place = place;
      const { id, chosen } = run;
      this.onPlace(chosen === null ? { id } : { id, step: chosen });
    }
  }

  private _onVisibility = (): void => {
    this.session.log.setVisible(this.isVisible && !document.hidden);
  };

  private _coming: RunSession | null = null;
  private _place = '';
}

export class RunTab extends MainAreaWidget<RunContent> {
  constructor(options: IRunTabOptions) {
    super({ content: new RunContent(options) });
    this.id = `jp-orchest-run-${options.id}`;
    this.title.icon = runIcon;
    this.title.label = options.trans.__('Run');
    this.title.closable = true;
    this.toolbar.hide();
    this.content.onPlace = place => options.onPlace(this, place);
  }

  /** The run before or after the one shown, if there is one. */
  neighbour(side: 'previous' | 'next'): string | null {
    return this.content.session.neighbours.state[side];
  }

  move(side: 'previous' | 'next'): void {
    this.content.move(side);
  }

  selectStep(step: string): void {
    this.content.session.run.selectStep(step);
  }
}

export function createRunTab(options: IRunTabOptions): RunTab {
  return new RunTab(options);
}
