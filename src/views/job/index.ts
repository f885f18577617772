/** The tab of one job. Loaded when the first one is opened. */

import { MainAreaWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { jobsIcon } from '../../components/icons';
import { HistoryModel } from '../../models/history';
import { JobModel } from '../../models/job';
import { Live } from '../../models/live';
import { RunActs } from '../../models/runacts';
import { RunsModel } from '../../models/runs';
import { IActions } from '../actions';
import { JobBody } from './body';

export interface IJobTabOptions {
  readonly id: string;
  readonly client: IJobsClient;
  readonly live: Live;
  readonly runs: RunActs;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

class JobContent extends ReactWidget {
  constructor(private readonly _options: IJobTabOptions) {
    super();
    const { client, live, id } = _options;
    this.job = new JobModel(client, live, id);
    this._runs = new RunsModel(client, live, id);
    this._history = new HistoryModel(client, live, id);
    this.addClass('jp-OrchestJobs');
    this.addClass('jp-OrchestJobs-tab');
    this.job.changed.connect(this._onChanged, this);
  }

  readonly job: JobModel;

  override dispose(): void {
    this.job.dispose();
    this._runs.dispose();
    this._history.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { runs, actions, trans } = this._options;
    return React.createElement(JobBody, {
      job: this.job,
      runs: this._runs,
      history: this._history,
      pointAt: run => runs.point(run),
      actions,
      trans
    });
  }

  private _onChanged(): void {
    const { trans } = this._options;
    const { value } = this.job.state;
    if (value !== null) {
      this._runs.expect(value.runs.total);
      this._history.follow(value);
      this.title.label = value.name;
      this.title.caption = trans.__(
        'Job %1: %2',
        value.number,
        value.pipeline_path
      );
    }
  }

  private _runs: RunsModel;
  private _history: HistoryModel;
}

export function createJobTab(options: IJobTabOptions): MainAreaWidget {
  const content = new JobContent(options);
  const tab = new MainAreaWidget({ content });
  tab.id = `jp-orchest-job-${options.id}`;
  tab.title.icon = jobsIcon;
  tab.title.label = options.trans.__('Job');
  tab.title.closable = true;
  tab.toolbar.hide();
  return tab;
}
