/** The tab of one run (*View pipeline*). Loaded when the first one is opened. */

import { MainAreaWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { runIcon } from '../../components/icons';
import { Live } from '../../models/live';
import { RunModel } from '../../models/run';
import { StepLog } from '../../models/steplog';
import { IActions } from '../actions';
import { RunBody } from './body';

export interface IRunTabOptions {
  readonly id: string;
  readonly client: IJobsClient;
  readonly live: Live;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

class RunContent extends ReactWidget {
  constructor(private readonly _options: IRunTabOptions) {
    super();
    const { client, live, id } = _options;
    this._run = new RunModel(client, live, id);
    this._log = new StepLog(client, live, this._run);
    this.addClass('jp-OrchestJobs');
    this.addClass('jp-OrchestJobs-tab');
    this._run.changed.connect(this._onChanged, this);
    document.addEventListener('visibilitychange', this._onVisibility);
  }

  override dispose(): void {
    document.removeEventListener('visibilitychange', this._onVisibility);
    this._log.dispose();
    this._run.dispose();
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
    const { client, actions, trans } = this._options;
    return React.createElement(RunBody, {
      run: this._run,
      log: this._log,
      client,
      actions,
      trans
    });
  }

  private _onChanged(): void {
    const { trans } = this._options;
    const { value } = this._run.state;
    if (value !== null) {
      this.title.label = trans.__('%1 · run %2', value.job_name, value.number);
      this.title.caption = trans.__(
        'Run %1 of job %2: %3',
        value.number,
        value.job_number,
        value.pipeline_path
      );
    }
  }

  private _onVisibility = (): void => {
    this._log.setVisible(this.isVisible && !document.hidden);
  };

  private _run: RunModel;
  private _log: StepLog;
}

export function createRunTab(options: IRunTabOptions): MainAreaWidget {
  const content = new RunContent(options);
  const tab = new MainAreaWidget({ content });
  tab.id = `jp-orchest-run-${options.id}`;
  tab.title.icon = runIcon;
  tab.title.label = options.trans.__('Run');
  tab.title.closable = true;
  tab.toolbar.hide();
  return tab;
}
