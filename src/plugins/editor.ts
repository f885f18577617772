/** What concerns the inputs of jobs that are edited: pipelines, snapshots, parameters files. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  InputDialog,
  Notification
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { refreshIcon, saveIcon } from '@jupyterlab/ui-components';

import { toApiError } from '../api/errors';
import { jobsIcon } from '../components/icons';
import { JobDetail, ParametersFile } from '../api/types';
import {
  baseName,
  belowRoot,
  folderOf,
  parametersFileOf
} from '../domain/paths';
import { stringArg, stringArgs } from './args';
import { openDraft } from './create';
import { showRefusal, withConsent } from './dialogs';
import { localPath, pipelineMeant } from './meant';
import { CommandIDs, IOrchestJobs } from './tokens';

export const editorPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:editor',
  description: 'Creates jobs, and reads and writes what they are made of.',
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
    const { client, trans } = service;
    const { commands, shell } = app;
    const category = trans.__('Jobs');
    const meant = () => pipelineMeant(shell, browsers, documents);
    const ofJob = stringArgs({ id: trans.__('Id of the job') }, ['id']);

    commands.addCommand(CommandIDs.newJob, {
      label: trans.__('New job…'),
      caption: trans.__('Choose a pipeline and configure a job for it'),
      icon: jobsIcon,
      describedBy: stringArgs({}),
      execute: async () => {
        const path = await chosenPipeline(service);
        if (path !== null) {
          await openDraft(app, service, documents, path);
        }
      }
    });
    palette?.addItem({ command: CommandIDs.newJob, category });

    commands.addCommand(CommandIDs.refreshSnapshot, {
      label: trans.__('Take a new snapshot'),
      caption: trans.__('Let the job work with the project as it is now'),
      icon: refreshIcon,
      describedBy: ofJob,
      isEnabled: args => stringArg(args, 'id') !== null,
      execute: async args => {
        const id = stringArg(args, 'id') ?? '';
        const job = await withConsent(
          accept => client.refreshSnapshot(id, accept),
          {
            question: trans.__('Take a new snapshot?'),
            ok: trans.__('Take it'),
            refusal: trans.__('No new snapshot can be taken')
          },
          trans
        );
        tell(job, service);
      }
    });

    commands.addCommand(CommandIDs.loadParameters, {
      label: trans.__('Load parameters file…'),
      caption: trans.__('Replace the values of a job with those of a file'),
      describedBy: ofJob,
      isEnabled: args => stringArg(args, 'id') !== null,
      execute: async args => {
        const id = stringArg(args, 'id') ?? '';
        const pipeline = await pipelineOf(id, service);
        const path =
          pipeline && (await chosenFile(pipeline, documents, service));
        if (path) {
          await loadFile(id, path, service);
        }
      }
    });

    commands.addCommand(CommandIDs.saveParameters, {
      label: trans.__('Save as parameters file…'),
      caption: trans.__('Write the values of a job to a parameters file'),
      icon: saveIcon,
      describedBy: ofJob,
      isEnabled: args => stringArg(args, 'id') !== null,
      execute: async args => {
        const job = stringArg(args, 'id') ?? '';
        const pipeline = await pipelineOf(job, service);
        const path = pipeline && (await chosenName(pipeline, service));
        if (path) {
          await writeFile(app, { job, path }, service);
        }
      }
    });

    commands.addCommand(CommandIDs.generateParameters, {
      label: trans.__('Generate parameters file'),
      caption: trans.__(
        'Write the parameters of this pipeline to a file beside it, each with a list of values'
      ),
      icon: saveIcon,
      describedBy: stringArgs({
        path: trans.__(
          'The pipeline file; without it, the one selected in the file browser or open'
        )
      }),
      isEnabled: args => (stringArg(args, 'path') ?? meant()) !== null,
      execute: async args => {
        const path = stringArg(args, 'path') ?? meant();
        const local = path === null ? null : localPath(path, trans);
        if (local !== null) {
          await writeFile(app, { pipeline_path: local }, service);
        }
      }
    });
    palette?.addItem({ command: CommandIDs.generateParameters, category });
  }
};

/** Let all that looks at a job see that it changed. */
function tell(job: JobDetail | null, { jobs, live }: IOrchestJobs): void {
  if (job !== null) {
    const { id, status, revision } = job;
    jobs.add(job);
    live.tell({ kind: 'job', id, job_id: id, status, revision });
  }
}

async function chosenPipeline({
  client,
  trans
}: IOrchestJobs): Promise<string | null> {
  try {
    const [files, { pickPipeline }] = await Promise.all([
      client.listPipelines(),
      import(/* webpackChunkName: "new-job" */ '../views/newjob')
    ]);
    return await pickPipeline(files, trans);
  } catch (reason) {
    const title = trans.__('The pipelines could not be listed');
    await showRefusal(title, toApiError(reason), trans);
    return null;
  }
}

/** A JSON file of the server, chosen by the user. */
async function chosenFile(
  pipeline: string,
  manager: IDocumentManager | null,
  { trans }: IOrchestJobs
): Promise<string | null> {
  const title = trans.__('Load parameters file');
  if (manager === null) {
    const { value } = await InputDialog.getText({
      title,
      label: trans.__('Path of the file')
    });
    return value || null;
  }
  const { value } = await FileDialog.getOpenFiles({
    manager,
    title,
    defaultPath: folderOf(pipeline),
    filter: ({ type, name }) =>
      type === 'directory' || name.endsWith('.json') ? { score: 0 } : null
  });
  const path = value?.find(({ type }) => type !== 'directory')?.path;
  return path === undefined ? null : localPath(path, trans);
}

async function loadFile(
  id: string,
  path: string,
  service: IOrchestJobs
): Promise<void> {
  const { client, trans } = service;
  const job = await withConsent(
    accept => client.changeJob(id, { parameters_file: path, accept }),
    {
      question: trans.__('Load “%1”?', baseName(path)),
      ok: trans.__('Load'),
      refusal: trans.__('“%1” was not loaded', baseName(path))
    },
    trans
  );
  tell(job, service);
}

/** Where to write the values of a job; the file that is found by itself is suggested. */
async function chosenName(
  pipeline: string,
  { trans }: IOrchestJobs
): Promise<string | null> {
  const { value } = await InputDialog.getText({
    title: trans.__('Save as parameters file'),
    label: trans.__('Path, from the folder of the Jupyter server'),
    text: parametersFileOf(pipeline),
    okLabel: trans.__('Save')
  });
  return value || null;
}

/** The pipeline file of a job, from the server's root; null, and said: it can't be told. */
async function pipelineOf(
  id: string,
  { client, trans }: IOrchestJobs
): Promise<string | null> {
  try {
    const [{ project, pipeline_path }, { root_dir }] = await Promise.all([
      client.getJob(id),
      client.server()
    ]);
    return (
      belowRoot(`${project}/${pipeline_path}`, root_dir) ??
      baseName(pipeline_path)
    );
  } catch (reason) {
    const title = trans.__('The job could not be found');
    await showRefusal(title, toApiError(reason), trans);
    return null;
  }
}

async function writeFile(
  app: JupyterFrontEnd,
  request: ParametersFile,
  { client, trans }: IOrchestJobs
): Promise<void> {
  const path = await withConsent(
    accept => client.writeParametersFile({ ...request, accept: [...accept] }),
    {
      question: trans.__('Overwrite the file?'),
      ok: trans.__('Overwrite'),
      refusal: trans.__('The file could not be written')
    },
    trans
  );
  if (path !== null) {
    Notification.success(trans.__('%1 was written.', path), {
      autoClose: 8_000,
      actions: [
        {
          label: trans.__('Open'),
          displayType: 'link',
          callback: () => {
            void app.commands.execute('docmanager:open', { path });
          }
        }
      ]
    });
  }
}
