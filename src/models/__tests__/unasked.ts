/** A client of which nothing is expected: what a test needs, its own fake answers. */

import { IJobsClient } from '../../api/client';

function unasked(): never {
  throw new Error('This test has no answer to that.');
}

export class UnaskedClient {
  changeJob: IJobsClient['changeJob'] = unasked;
  refreshSnapshot: IJobsClient['refreshSnapshot'] = unasked;
  getSnapshot: IJobsClient['getSnapshot'] = unasked;
  getSnapshotChanges: IJobsClient['getSnapshotChanges'] = unasked;
  getEnvironment: IJobsClient['getEnvironment'] = unasked;
  getEnvironmentChanges: IJobsClient['getEnvironmentChanges'] = unasked;
  freezeEnvironment: IJobsClient['freezeEnvironment'] = unasked;
  lockUrl: IJobsClient['lockUrl'] = unasked;
  listPipelines: IJobsClient['listPipelines'] = unasked;
  expandGrid: IJobsClient['expandGrid'] = unasked;
  selectRuns: IJobsClient['selectRuns'] = unasked;
  writeParametersFile: IJobsClient['writeParametersFile'] = unasked;
  previewSchedule: IJobsClient['previewSchedule'] = unasked;
  getSettings: IJobsClient['getSettings'] = unasked;
  changeSettings: IJobsClient['changeSettings'] = unasked;
  getCluster: IJobsClient['getCluster'] = unasked;
  changeCluster: IJobsClient['changeCluster'] = unasked;
  deleteRun: IJobsClient['deleteRun'] = unasked;
  actOnRuns: IJobsClient['actOnRuns'] = unasked;
  getRunPipeline: IJobsClient['getRunPipeline'] = unasked;
  listRunFiles: IJobsClient['listRunFiles'] = unasked;
  readNotebook: IJobsClient['readNotebook'] = unasked;
  readRunFile: IJobsClient['readRunFile'] = unasked;
  getRunNeighbours: IJobsClient['getRunNeighbours'] = unasked;
  runFileUrl: IJobsClient['runFileUrl'] = unasked;
  runFilesUrl: IJobsClient['runFilesUrl'] = unasked;
}
