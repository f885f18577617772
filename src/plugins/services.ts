/** Builds what the other plugins share. Asks nothing of the server before Lab has started. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ChangeFeed } from '../api/events';
import { HttpClient } from '../api/http';
import { ActivityModel } from '../models/activity';
import { JobsModel } from '../models/jobs';
import { Live } from '../models/live';
import { RunActs } from '../models/runacts';
import { SharedStorage } from '../models/storage';
import { Watcher } from '../models/watcher';
import { IActions } from '../views/actions';
import {
  CommandIDs,
  DRAFT_COMMANDS,
  IOrchestJobs,
  JOB_COMMANDS,
  RUN_COMMANDS
} from './tokens';

export const servicesPlugin: JupyterFrontEndPlugin<IOrchestJobs> = {
  id: 'jupyter-orchest-jobs:services',
  description: 'Provides the connection to the server and the list of jobs.',
  autoStart: true,
  provides: IOrchestJobs,
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null
  ): IOrchestJobs => {
    const { serviceManager } = app;
    const client = new HttpClient(serviceManager.serverSettings);
    const live = new Live(client, new ChangeFeed(serviceManager.events.stream));
    const jobs = new JobsModel(client, live);
    const storage = new SharedStorage(serviceManager.serverSettings.baseUrl);
    const watcher = new Watcher(client, live, storage);
    const trans = (translator ?? nullTranslator).load('jupyter_orchest_jobs');
    void app.started.then(() => live.start());
    return {
      client,
      live,
      jobs,
      runs: new RunActs(client, live),
      watcher,
      activity: new ActivityModel(jobs, storage),
      storage,
      actions: actionsOf(app, { client, live, trans }),
      trans
    };
  }
};

/** Views act through commands, so that each act exists once. */
function actionsOf(
  app: JupyterFrontEnd,
  service: Pick<IOrchestJobs, 'client' | 'live' | 'trans'>
): IActions {
  const run = (command: string, args: Record<string, string>) => {
    void app.commands.execute(command, args);
  };
  return {
    newJob: () => run(CommandIDs.newJob, {}),
    openJob: id => run(CommandIDs.openJob, { id }),
    openRun: (id, step) =>
      run(CommandIDs.openRun, step === undefined ? { id } : { id, step }),
    openNotebook: place => run(CommandIDs.openNotebook, { ...place }),
    openNotebookView: place => run(CommandIDs.openNotebookView, { ...place }),
    openRunFile: place => run(CommandIDs.openRunFile, { ...place }),
    job: (act, id) => run(JOB_COMMANDS[act], { id }),
    selectedJobs: act => run(JOB_COMMANDS[act], {}),
    draft: (act, id) => run(DRAFT_COMMANDS[act], { id }),
    run: (act, id) => run(RUN_COMMANDS[act], { id }),
    runs: (act, runs) => {
      void import(/* webpackChunkName: "bulk" */ './bulk').then(bulk =>
        bulk.actOnRuns(act, runs, service)
      );
    },
    openFile: (project, path) => {
      void import(/* webpackChunkName: "bulk" */ './bulk').then(bulk =>
        bulk.openProjectFile(app.commands, project, path, service)
      );
    },
    showCluster: () => app.commands.execute(CommandIDs.cluster),
    retryFailed: (id, batch) =>
      run(CommandIDs.retryFailed, { id, batch: String(batch) })
  };
}
