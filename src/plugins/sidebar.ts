/** The Jobs sidebar. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';

import { jobsIcon } from '../components/icons';
import { JobsSidebar } from '../views/jobs';
import { stringArgs } from './args';
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

    commands.addCommand(CommandIDs.showJobs, {
      label: trans.__('Show jobs'),
      caption: trans.__('Show the list of jobs'),
      icon: jobsIcon,
      describedBy: stringArgs({}),
      execute: () => shell.activateById(JobsSidebar.ID)
    });

    jobs.changed.connect(() => {
      commands.notifyCommandChanged(CommandIDs.openJob);
    });
    palette?.addItem({
      command: CommandIDs.showJobs,
      category: trans.__('Jobs')
    });
  }
};
