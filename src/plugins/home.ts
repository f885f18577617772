/** At home in JupyterLab: the panel of what runs, and the status bar. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRunningSessionManagers, IRunningSessions } from '@jupyterlab/running';
import { IStatusBar } from '@jupyterlab/statusbar';
import { Signal } from '@lumino/signaling';

import { toApiError } from '../api/errors';
import { Job } from '../api/types';
import { jobsIcon } from '../components/icons';
import { runProgress } from '../domain/progress';
import { shownStatus } from '../domain/status';
import { ActivityItem } from '../views/statusbar';
import { showRefusal } from './dialogs';
import { CommandIDs, IOrchestJobs } from './tokens';

export const runningPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:running',
  description: 'Shows running jobs among the kernels and terminals that run.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [IRunningSessionManagers],
  activate: (
    _: JupyterFrontEnd,
    service: IOrchestJobs,
    managers: IRunningSessionManagers | null
  ): void => {
    managers?.add(runningJobs(service));
  }
};

export const statusBarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:status-bar',
  description: 'Counts running and failed jobs in the status bar.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [IStatusBar],
  activate: (
    app: JupyterFrontEnd,
    service: IOrchestJobs,
    bar: IStatusBar | null
  ): void => {
    const { activity, trans } = service;
    const item = new ActivityItem({
      activity,
      trans,
      onClick: () => {
        activity.look();
        void app.commands.execute(CommandIDs.showJobs);
      }
    });
    bar?.registerStatusItem('jupyter-orchest-jobs:activity', {
      item,
      align: 'left',
      rank: 100,
      isActive: () => activity.state.running.length + activity.state.failed > 0,
      activeStateChanged: activity.changed
    });
  }
};

/** Running jobs as JupyterLab's panel of running things wants them. */
export function runningJobs(service: IOrchestJobs): IRunningSessions.IManager {
  const { activity, actions, jobs, trans } = service;
  const runningChanged = new Signal<object, void>(activity);
  let before = activity.state.running;
  activity.changed.connect(() => {
    if (activity.state.running !== before) {
      before = activity.state.running;
      runningChanged.emit();
    }
  });
  return {
    name: trans.__('Jobs'),
    running: () => activity.state.running.map(job => itemOf(job, service)),
    shutdownAll: () => void cancelAll(activity.state.running, service),
    refreshRunning: () => jobs.refresh(),
    runningChanged,
    shutdownLabel: trans.__('Cancel job…'),
    shutdownAllLabel: trans.__('Cancel All'),
    shutdownAllConfirmationText: () =>
      trans._n(
        '%1 job is cancelled: its runs are stopped, and its schedule ends. What has finished stays.',
        '%1 jobs are cancelled: their runs are stopped, and their schedules end. What has finished stays.',
        activity.state.running.length
      )
  };

  function itemOf(
    job: Job,
    { trans }: IOrchestJobs
  ): IRunningSessions.IRunningItem {
    return {
      icon: () => jobsIcon,
      label: () => job.name,
      labelTitle: () =>
        trans.__(
          '%1\nPipeline: %2\nProject: %3',
          job.name,
          job.pipeline_path,
          job.project
        ),
      detail: () =>
        job.runs.total > 0
          ? runProgress(job.runs, trans)
          : shownStatus(job, trans),
      open: () => actions.openJob(job.id),
      shutdown: () => actions.job('cancel', job.id)
    };
  }
}

/** Lab has asked already. */
async function cancelAll(
  running: readonly Job[],
  { jobs, trans }: IOrchestJobs
): Promise<void> {
  const answers = await Promise.allSettled(
    running.filter(job => !job.cancel_requested).map(job => jobs.cancel(job.id))
  );
  const refused = answers.find(answer => answer.status === 'rejected');
  if (refused !== undefined) {
    const title = trans.__('Not all jobs could be cancelled');
    await showRefusal(title, toApiError(refused.reason), trans);
  }
}
