/** *Run as job*: from a pipeline file to a started job. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';

import { jobsIcon } from '../components/icons';
import { Job, JobDetail } from '../api/types';
import { baseName, isPipeline, splitDrive } from '../domain/paths';
import { statusWord } from '../domain/status';
import { bad } from '../domain/progress';
import { stringArg, stringArgs } from './args';
import { withConsent } from './dialogs';
import { saveBeforeRun } from './save';
import { CommandIDs, IOrchestJobs } from './tokens';

export const runAsJobPlugin: JupyterFrontEndPlugin<void> = {
  // The settings of this plugin hold the context menus of all of them.
  id: 'jupyter-orchest-jobs:plugin',
  description: 'Runs a pipeline as a job.',
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

    /** The pipeline that is meant: selected in the file browser, else the open document. */
    const pipelineMeant = (): string | null => {
      const selected = browsers?.tracker.currentWidget?.selectedItems().next();
      const open = app.shell.currentWidget;
      const context = open ? documents?.contextForWidget(open) : undefined;
      const paths = [selected?.value?.path, context?.path];
      return paths.find(path => path !== undefined && isPipeline(path)) ?? null;
    };

    app.commands.addCommand(CommandIDs.runAsJob, {
      label: trans.__('Run as job'),
      caption: trans.__(
        'Take a snapshot of the project and run this pipeline for each combination of its parameters'
      ),
      icon: jobsIcon,
      describedBy: stringArgs({
        path: trans.__(
          'The pipeline file; without it, the one selected in the file browser or open'
        )
      }),
      isEnabled: args => (stringArg(args, 'path') ?? pipelineMeant()) !== null,
      execute: async args => {
        const path = stringArg(args, 'path') ?? pipelineMeant();
        if (path === null) {
          return;
        }
        const { drive, path: local } = splitDrive(path);
        if (drive !== '') {
          Notification.warning(
            trans.__(
              'Jobs run from the files of the Jupyter server. “%1” is on the drive %2: copy its project to the server first.',
              baseName(local),
              drive
            ),
            { autoClose: 15_000 }
          );
          return;
        }
        if (!(await saveBeforeRun(app.shell, documents, path, trans))) {
          return;
        }
        const job = await create(service, local);
        if (job !== null) {
          service.jobs.add(job);
          service.jobs.select(job.id);
          service.watcher.watch(job.id);
          await app.commands.execute(CommandIDs.showJobs);
          announceStart(job, service);
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.runAsJob,
      category: trans.__('Jobs')
    });
    service.watcher.ended.connect((_, job) => announceEnd(job, service));
  }
};

/** Create and start a job; the user is asked for each consequence. Null: refused, or not wanted. */
function create(
  { client, trans }: IOrchestJobs,
  path: string
): Promise<JobDetail | null> {
  return withConsent(
    accept =>
      client.createJob({
        pipeline_path: path,
        start: true,
        accept: [...accept]
      }),
    {
      question: trans.__('Run “%1” as a job?', baseName(path)),
      ok: trans.__('Run'),
      refusal: trans.__('“%1” can’t run as a job', baseName(path))
    },
    trans
  );
}

function openAction(
  job: Job,
  { actions, trans }: IOrchestJobs
): Notification.IAction {
  return {
    label: trans.__('Open job'),
    displayType: 'link',
    callback: () => actions.openJob(job.id)
  };
}

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

function announceEnd(job: Job, service: IOrchestJobs): void {
  const { trans } = service;
  const text = trans.__(
    'Job “%1”: %2.',
    job.name,
    statusWord(job.status, trans).toLowerCase()
  );
  const options = { actions: [openAction(job, service)] };
  if (job.status === 'failed') {
    const failed = bad(job.runs);
    const count =
      failed > 0
        ? trans._n(
            '%2 of %1 run failed.',
            '%2 of %1 runs failed.',
            job.runs.total,
            failed
          )
        : (job.message ?? '');
    Notification.error(`${text} ${count}`.trim(), {
      ...options,
      autoClose: false
    });
  } else if (job.status === 'succeeded') {
    Notification.success(text, { ...options, autoClose: 10_000 });
  }
}
