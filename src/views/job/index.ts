/** The tab of one job. Loaded when the first one is opened. */

import { MainAreaWidget } from '@jupyterlab/apputils';
import { CodeEditor } from '@jupyterlab/codeeditor';
import { TranslationBundle } from '@jupyterlab/translation';
import type { Contents } from '@jupyterlab/services';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { jobsIcon } from '../../components/icons';
import { Editing } from '../../models/editor';
import { EnvironmentsModel } from '../../models/environments';
import { HistoryModel } from '../../models/history';
import { JobModel } from '../../models/job';
import { Live } from '../../models/live';
import { IMemo } from '../../models/memory';
import { RunActs } from '../../models/runacts';
import { RunsModel } from '../../models/runs';
import { RunSelection } from '../../models/runselection';
import { RunsView } from '../../models/runsview';
import { ServerFiles } from '../../models/serverfiles';
import { Shelf } from '../../models/shelf';
import { SnapshotModel } from '../../models/snapshot';
import { IActions } from '../actions';
import { JobBody } from './body';
import { TabBody } from './tab';

export interface IJobTabOptions {
  readonly id: string;
  readonly client: IJobsClient;
  readonly live: Live;
  readonly runs: RunActs;
  readonly shelf: Shelf;
  /** How this job was looked at last. */
  readonly memo: IMemo;
  /** The server's own files. */
  readonly contents: Pick<Contents.IManager, 'get'>;
  /** Makes JupyterLab's own text editors; null where there are none. */
  readonly newEditor: CodeEditor.Factory | null;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

export class JobContent extends ReactWidget {
  constructor(private readonly _options: IJobTabOptions) {
    super();
    const { client, live, id } = _options;
    this.job = new JobModel(client, live, id);
    const files = new ServerFiles(_options.contents);
    this._editing = new Editing(this.job, { ..._options, files });
    this._runs = new RunsModel(client, live, id);
    this._selection = new RunSelection(this._runs);
    this._view = new RunsView(this._runs, _options.memo, 'runs');
    this._history = new HistoryModel(client, live, id);
    this._environments = new EnvironmentsModel(client, id);
    this.addClass('jp-OrchestJobs');
    this.addClass('jp-OrchestJobs-tab');
    this.job.changed.connect(this._onChanged, this);
    window.addEventListener('focus', this._onFocus);
    window.addEventListener('beforeunload', this._onUnload);
    document.addEventListener('visibilitychange', this._onVisibility);
  }

  readonly job: JobModel;

  /** Edit what the next batches of an active job are. */
  edit(): void {
    this._editing.open();
  }

  override dispose(): void {
    window.removeEventListener('focus', this._onFocus);
    window.removeEventListener('beforeunload', this._onUnload);
    document.removeEventListener('visibilitychange', this._onVisibility);
    this._editing.dispose();
    this.job.dispose();
    this._view.dispose();
    this._selection.dispose();
    this._runs.dispose();
    this._history.dispose();
    this._environments.dispose();
    this._snapshot?.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { client, runs, newEditor, actions, trans } = this._options;
    const body = React.createElement(JobBody, {
      job: this.job,
      runs: this._runs,
      selection: this._selection,
      view: this._view,
      history: this._history,
      snapshot: () => this._snapshotModel(),
      environments: this._environments,
      pointAt: run => runs.point(run),
      client,
      actions,
      trans
    });
    const editing = this._editing;
    const shared = { editing, client, actions, newEditor, trans };
    return React.createElement(TabBody, { ...shared, children: body });
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._onFocus();
  }

  protected override onBeforeHide(message: Message): void {
    super.onBeforeHide(message);
    this._save();
  }

  /** The project may have changed while one was elsewhere. */
  private _onFocus = (): void => {
    if (this.isVisible) {
      void this._editing.state.editor?.snapshot.compare();
      void this._snapshot?.compare();
    }
  };

  /** Compares the project, which takes time: made when somebody looks at it. */
  private _snapshotModel(): SnapshotModel {
    const { client, live } = this._options;
    this._snapshot ??= new SnapshotModel(client, live, this.job);
    return this._snapshot;
  }

  private _onVisibility = (): void => {
    if (document.hidden) {
      this._save();
    }
  };

  private _onUnload = (event: BeforeUnloadEvent): void => {
    if (this._editing.state.editor?.isDirty === true) {
      this._save();
      event.preventDefault();
    }
  };

  private _save(): void {
    const { editor } = this._editing.state;
    if (editor?.auto === true) {
      void editor.draft.flush();
    }
  }

  private _onChanged(): void {
    const { trans } = this._options;
    const { value, gone } = this.job.state;
    if (gone) {
      this._options.memo.forget();
    }
    if (gone && value?.status === 'draft') {
      this.parent?.dispose(); // Discarded: nothing is left to look at.
    } else if (value !== null) {
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

  private _editing: Editing;
  private _runs: RunsModel;
  private _selection: RunSelection;
  private _view: RunsView;
  private _snapshot: SnapshotModel | null = null;
  private _history: HistoryModel;
  private _environments: EnvironmentsModel;
}

export function createJobTab(
  options: IJobTabOptions
): MainAreaWidget<JobContent> {
  const content = new JobContent(options);
  const tab = new MainAreaWidget({ content });
  tab.id = `jp-orchest-job-${options.id}`;
  tab.title.icon = jobsIcon;
  tab.title.label = options.trans.__('Job');
  tab.title.closable = true;
  tab.toolbar.hide();
  return tab;
}
