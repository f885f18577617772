/** The Jobs sidebar and what can be done with a job of the list. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { closeIcon, stopIcon } from '@jupyterlab/ui-components';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { jobsIcon } from '../components/icons';
import { hasEnded, isCancellable } from '../domain/status';
import { JobsSidebar } from '../views/jobs';
import { stringArg, stringArgs } from './args';
import { attempt, confirm } from './dialogs';
import { CommandIDs, IOrchestJobs } from './tokens';

export const sidebarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:sidebar',
  description: 'Adds the Jobs sidebar.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    service: IOrchestJobs,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const { jobs, trans } = service;
    const { commands, shell } = app;
    const sidebar = new JobsSidebar(service);
    shell.add(sidebar, 'left', { rank: 350, type: 'Jobs' });
    restorer?.add(sidebar, JobsSidebar.ID);

    const idOf = (args: ReadonlyPartialJSONObject): string | null =>
      stringArg(args, 'id') ?? jobs.state.selected;
    const describedBy = stringArgs({
      id: trans.__('Id of the job; without it, the one selected in the list')
    });

    commands.addCommand(CommandIDs.showJobs, {
      label: trans.__('Show jobs'),
      caption: trans.__('Show the list of jobs'),
      icon: jobsIcon,
      describedBy: stringArgs({}),
      execute: () => shell.activateById(JobsSidebar.ID)
    });

    commands.addCommand(CommandIDs.cancelJob, {
      label: trans.__('Cancel job…'),
      caption: trans.__('Stop the runs of this job and start no more'),
      icon: stopIcon,
      describedBy,
      isEnabled: args => {
        const job = jobs.find(idOf(args));
        // Of a job that is not in the list, the server knows more.
        return job === undefined
          ? stringArg(args, 'id') !== null
          : isCancellable(job);
      },
      execute: async args => {
        const id = idOf(args);
        const job = jobs.find(id);
        if (id === null) {
          return;
        }
        const title =
          job === undefined
            ? trans.__('Cancel this job?')
            : trans.__('Cancel “%1”?', job.name);
        const body = trans.__(
          'Runs that are going on are stopped, the others never start. What has finished stays.'
        );
        const ok = trans.__('Cancel job');
        const keep = trans.__('Let it run');
        if (await confirm({ title, body, ok, keep, loses: true })) {
          await attempt(
            trans.__('The job could not be cancelled'),
            () => jobs.cancel(id),
            trans
          );
        }
      }
    });

    commands.addCommand(CommandIDs.deleteJob, {
      label: trans.__('Delete job…'),
      caption: trans.__('Delete this job with all its runs'),
      icon: closeIcon,
      describedBy,
      isEnabled: args => {
        const job = jobs.find(idOf(args));
        return job !== undefined && hasEnded(job.status);
      },
      execute: async args => {
        const job = jobs.find(idOf(args));
        if (job === undefined) {
          return;
        }
        const body = trans._n(
          'Its %1 run is deleted with its log and notebooks. This can’t be undone.',
          'Its %1 runs are deleted with their logs and notebooks. This can’t be undone.',
          job.runs.total
        );
        const title = trans.__('Delete “%1”?', job.name);
        const ok = trans.__('Delete');
        const keep = trans.__('Keep');
        if (await confirm({ title, body, ok, keep, loses: true })) {
          await attempt(
            trans.__('The job could not be deleted'),
            () => jobs.delete(job.id),
            trans
          );
        }
      }
    });

    jobs.changed.connect(() => {
      commands.notifyCommandChanged(CommandIDs.cancelJob);
      commands.notifyCommandChanged(CommandIDs.deleteJob);
      commands.notifyCommandChanged(CommandIDs.openJob);
    });

    for (const command of [
      CommandIDs.showJobs,
      CommandIDs.cancelJob,
      CommandIDs.deleteJob
    ]) {
      palette?.addItem({ command, category: trans.__('Jobs') });
    }
  }
};
