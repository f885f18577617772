/** The tab with the runs of all jobs. Loaded when it is opened. */

import { MainAreaWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { Run } from '../../api/types';
import { runIcon } from '../../components/icons';
import { JobsModel } from '../../models/jobs';
import { Live } from '../../models/live';
import { IMemo } from '../../models/memory';
import { RunActs } from '../../models/runacts';
import { RunsModel } from '../../models/runs';
import { RunSelection } from '../../models/runselection';
import { RunsView } from '../../models/runsview';
import { IActions } from '../actions';
import { AllRuns } from './allruns';

export interface IAllRunsOptions {
  readonly id: string;
  readonly client: IJobsClient;
  readonly live: Live;
  readonly jobs: JobsModel;
  readonly runs: RunActs;
  readonly memo: IMemo;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

class AllRunsContent extends ReactWidget {
  constructor(private readonly _options: IAllRunsOptions) {
    super();
    const { client, live, memo } = _options;
    this._runs = new RunsModel(client, live, null);
    this._selection = new RunSelection(this._runs);
    this._view = new RunsView(this._runs, memo, 'all');
    this.addClass('jp-OrchestJobs');
    this.addClass('jp-OrchestJobs-tab');
  }

  override dispose(): void {
    this._view.dispose();
    this._selection.dispose();
    this._runs.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { jobs, runs, actions, trans } = this._options;
    return React.createElement(AllRuns, {
      model: this._runs,
      selection: this._selection,
      view: this._view,
      jobs,
      pointAt: (run: Run) => runs.point(run),
      actions,
      trans
    });
  }

  private _runs: RunsModel;
  private _selection: RunSelection;
  private _view: RunsView;
}

export function createAllRunsTab(options: IAllRunsOptions): MainAreaWidget {
  const tab = new MainAreaWidget({ content: new AllRunsContent(options) });
  tab.id = options.id;
  tab.title.icon = runIcon;
  tab.title.label = options.trans.__('All runs');
  tab.title.closable = true;
  tab.toolbar.hide();
  return tab;
}
