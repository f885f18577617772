/** What our plugins share. */

import { TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';

import { IJobsClient } from '../api/client';
import { JobAct, RunAct } from '../domain/permits';
import { ActivityModel } from '../models/activity';
import { JobsModel } from '../models/jobs';
import { Live } from '../models/live';
import { RunActs } from '../models/runacts';
import { SharedStorage } from '../models/storage';
import { Watcher } from '../models/watcher';
import { DraftAct, IActions } from '../views/actions';

/** The server half as the plugins see it: one of each, however many tabs there are. */
export interface IOrchestJobs {
  readonly client: IJobsClient;
  readonly live: Live;
  readonly jobs: JobsModel;
  readonly runs: RunActs;
  readonly watcher: Watcher;
  readonly activity: ActivityModel;
  readonly storage: SharedStorage;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

export const IOrchestJobs = new Token<IOrchestJobs>(
  'jupyter-orchest-jobs:IOrchestJobs',
  'Jobs of Orchest pipelines: the connection to the server and the list of jobs.'
);

/** The plugin whose settings are those of all of ours. */
export const SETTINGS_ID = 'jupyter-orchest-jobs:plugin';

/** The name of the factory of the pipeline editor. */
export const PIPELINE_FACTORY = 'Pipeline';

/** Our commands. */
export const CommandIDs = {
  runAsJob: 'orchest-jobs:run-as-job',
  pipelineFromFiles: 'orchest-jobs:pipeline-from-files',
  importElyra: 'orchest-jobs:import-elyra',
  showJobs: 'orchest-jobs:show-jobs',
  refreshJobs: 'orchest-jobs:refresh-jobs',
  expandProjects: 'orchest-jobs:expand-projects',
  collapseProjects: 'orchest-jobs:collapse-projects',
  limits: 'orchest-jobs:limits',
  cluster: 'orchest-jobs:cluster',
  settings: 'orchest-jobs:settings',
  newJob: 'orchest-jobs:new-job',
  configureJob: 'orchest-jobs:configure-job',
  openJob: 'orchest-jobs:open-job',
  editJob: 'orchest-jobs:edit-job',
  openRun: 'orchest-jobs:open-run',
  showRuns: 'orchest-jobs:show-runs',
  openNotebook: 'orchest-jobs:open-notebook',
  openNotebookView: 'orchest-jobs:open-notebook-view',
  openRunFile: 'orchest-jobs:open-run-file',
  previousRun: 'orchest-jobs:previous-run',
  nextRun: 'orchest-jobs:next-run',
  startJob: 'orchest-jobs:start-job',
  pauseJob: 'orchest-jobs:pause-job',
  resumeJob: 'orchest-jobs:resume-job',
  runNow: 'orchest-jobs:run-now',
  cancelJob: 'orchest-jobs:cancel-job',
  duplicateJob: 'orchest-jobs:duplicate-job',
  refreshSnapshot: 'orchest-jobs:refresh-snapshot',
  loadParameters: 'orchest-jobs:load-parameters',
  saveParameters: 'orchest-jobs:save-parameters',
  generateParameters: 'orchest-jobs:generate-parameters',
  retryFailed: 'orchest-jobs:retry-failed',
  deleteJob: 'orchest-jobs:delete-job',
  retryRun: 'orchest-jobs:retry-run',
  resumeRun: 'orchest-jobs:resume-run',
  pinRun: 'orchest-jobs:pin-run',
  unpinRun: 'orchest-jobs:unpin-run',
  cancelRun: 'orchest-jobs:cancel-run',
  deleteRun: 'orchest-jobs:delete-run',
  newPipeline: 'orchest-jobs:new-pipeline',
  addStepMenu: 'orchest-jobs:add-step-menu',
  addStep: 'orchest-jobs:add-step',
  connectStep: 'orchest-jobs:connect-step',
  openStep: 'orchest-jobs:open-step',
  stepProperties: 'orchest-jobs:step-properties',
  removeSteps: 'orchest-jobs:remove-steps',
  duplicateSteps: 'orchest-jobs:duplicate-steps',
  copySteps: 'orchest-jobs:copy-steps',
  pasteSteps: 'orchest-jobs:paste-steps',
  selectSteps: 'orchest-jobs:select-steps',
  layoutPipeline: 'orchest-jobs:layout-pipeline',
  pipelineSettings: 'orchest-jobs:pipeline-settings',
  undoPipeline: 'orchest-jobs:undo-pipeline',
  redoPipeline: 'orchest-jobs:redo-pipeline',
  runPipeline: 'orchest-jobs:run-pipeline',
  runSteps: 'orchest-jobs:run-steps',
  runUpTo: 'orchest-jobs:run-up-to'
} as const;

export const JOB_COMMANDS: Readonly<Record<JobAct, string>> = {
  start: CommandIDs.startJob,
  pause: CommandIDs.pauseJob,
  resume: CommandIDs.resumeJob,
  runNow: CommandIDs.runNow,
  edit: CommandIDs.editJob,
  cancel: CommandIDs.cancelJob,
  duplicate: CommandIDs.duplicateJob,
  delete: CommandIDs.deleteJob
};

export const DRAFT_COMMANDS: Readonly<Record<DraftAct, string>> = {
  snapshot: CommandIDs.refreshSnapshot,
  loadFile: CommandIDs.loadParameters,
  saveFile: CommandIDs.saveParameters
};

export const RUN_COMMANDS: Readonly<Record<RunAct, string>> = {
  retry: CommandIDs.retryRun,
  resume: CommandIDs.resumeRun,
  pin: CommandIDs.pinRun,
  unpin: CommandIDs.unpinRun,
  cancel: CommandIDs.cancelRun,
  delete: CommandIDs.deleteRun
};
