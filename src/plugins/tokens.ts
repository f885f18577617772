/** What our plugins share. */

import { TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';

import { IJobsClient } from '../api/client';
import { JobsModel } from '../models/jobs';
import { Live } from '../models/live';
import { Watcher } from '../models/watcher';
import { IActions } from '../views/actions';

/** The server half as the plugins see it: one of each, however many tabs there are. */
export interface IOrchestJobs {
  readonly client: IJobsClient;
  readonly live: Live;
  readonly jobs: JobsModel;
  readonly watcher: Watcher;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

export const IOrchestJobs = new Token<IOrchestJobs>(
  'jupyter-orchest-jobs:IOrchestJobs',
  'Jobs of Orchest pipelines: the connection to the server and the list of jobs.'
);

/** Our commands. */
export const CommandIDs = {
  runAsJob: 'orchest-jobs:run-as-job',
  showJobs: 'orchest-jobs:show-jobs',
  openJob: 'orchest-jobs:open-job',
  openRun: 'orchest-jobs:open-run',
  openNotebook: 'orchest-jobs:open-notebook',
  cancelJob: 'orchest-jobs:cancel-job',
  cancelRun: 'orchest-jobs:cancel-run',
  deleteJob: 'orchest-jobs:delete-job'
} as const;
