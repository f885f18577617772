/** *Run as job*: from a pipeline file, a notebook or a script to a job. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { jobsIcon } from '../components/icons';
import { JobDetail } from '../api/types';
import { stringArg, stringArgs } from './args';
import { createJob, openDraft } from './create';
import { pipelineMeant } from './meant';
import { openAction } from './notifications';
import { CommandIDs, IOrchestJobs } from './tokens';

export const runAsJobPlugin: JupyterFrontEndPlugin<void> = {
  // The settings of this plugin hold the context menus of all of them.
  id: 'jupyter-orchest-jobs:plugin',
  description: 'Runs a pipeline, a notebook or a script as a job.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [IFileBrowserFactory, IDocumentManager, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    service: IOrchestJobs,
    browsers: IFileBrowserFactory | null,
    documents: IDocumentManager | null,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = service;

    const meant = (args: ReadonlyPartialJSONObject) =>
      stringArg(args, 'path') ??
      pipelineMeant(app.shell, browsers, documents, stringArg(args, 'of'));

    const describedBy = stringArgs({
      path: trans.__(
        'The pipeline file, notebook or script; without it, the one selected in the file browser or open'
      ),
      of: trans.__(
        'Without a path: “selection” for the file selected in the file browser, “document” for the open one'
      )
    });

    app.commands.addCommand(CommandIDs.runAsJob, {
      label: trans.__('Run as job'),
      caption: trans.__(
        'Take a snapshot of the project and run this pipeline, notebook or script for each combination of its parameters'
      ),
      icon: jobsIcon,
      describedBy,
      isEnabled: args => meant(args) !== null,
      execute: async args => {
        const path = meant(args);
        if (path === null) {
          return;
        }
        const { shell } = app;
        const job = await createJob(shell, service, documents, path, true);
        if (job !== null) {
          service.watcher.watch(job.id);
          await app.commands.execute(CommandIDs.showJobs);
          announceStart(job, service);
        }
      }
    });
    app.commands.addCommand(CommandIDs.configureJob, {
      label: trans.__('Run as job…'),
      caption: trans.__(
        'Make a draft of a job from this pipeline, notebook or script, and choose its parameters, runs and schedule'
      ),
      icon: jobsIcon,
      describedBy,
      isEnabled: args => meant(args) !== null,
      // Of the menu of any file only those that can be run have it.
      isVisible: args =>
        stringArg(args, 'of') !== 'selection' || meant(args) !== null,
      execute: async args => {
        const path = meant(args);
        if (path !== null) {
          await openDraft(app, service, documents, path);
        }
      }
    });
    for (const command of [CommandIDs.runAsJob, CommandIDs.configureJob]) {
      palette?.addItem({ command, category: trans.__('Jobs') });
    }
  }
};

function announceStart(job: JobDetail, service: IOrchestJobs): void {
  const { trans } = service;
  const warnings =
    job.warnings.length > 0
      ? ` ${trans._n('%1 warning.', '%1 warnings.', job.warnings.length)}`
      : '';
  Notification.info(trans.__('Job “%1” was created.', job.name) + warnings, {
    actions: [openAction(job, service)],
    autoClose: 5_000
  });
}
