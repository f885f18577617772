/** What can be done with a job, from the list, from its tab and from the palette. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import {
  closeIcon,
  copyIcon,
  editIcon,
  LabIcon,
  refreshIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { toApiError } from '../api/errors';
import { Job, RetryKind, SnapshotChoice } from '../api/types';
import { pauseIcon } from '../components/icons';
import { concernsJob, JobAct, whyNotJob } from '../domain/permits';
import { formatBytes } from '../domain/sizes';
import { labelWith, stringArg, stringArgs } from './args';
import { attempt, choose, confirm, showRefusal, withConsent } from './dialogs';
import { actOnMany, isForMany, manyLabel, whyNotMany } from './manyjobs';
import { CommandIDs, IOrchestJobs, JOB_COMMANDS } from './tokens';

interface IJobCommand {
  readonly act: JobAct;
  readonly label: string;
  readonly caption: string;
  readonly icon: LabIcon;
  readonly execute: (job: Job) => Promise<void>;
}

export const jobActsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:job-acts',
  description: 'Starts, pauses, repeats, copies, cancels and deletes jobs.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    service: IOrchestJobs,
    palette: ICommandPalette | null
  ): void => {
    const { client, jobs, trans } = service;
    const { commands } = app;
    const idOf = (args: ReadonlyPartialJSONObject): string | null =>
      stringArg(args, 'id') ?? jobs.state.selected;
    const describedBy = stringArgs({
      id: trans.__('Id of the job; without it, the one selected in the list')
    });

    /** The jobs that are selected, if they are several and they are meant. */
    const several = (args: ReadonlyPartialJSONObject): Job[] => {
      const { marked } = jobs.state;
      return stringArg(args, 'id') !== null || marked.length < 2
        ? []
        : marked.flatMap(id => jobs.find(id) ?? []);
    };

    /** Why not, as far as is known: of a job that is not in the list, the server knows more. */
    const whyNot = (act: JobAct, args: ReadonlyPartialJSONObject): string => {
      const many = several(args);
      if (many.length > 0) {
        return whyNotMany(act, many, trans);
      }
      const id = idOf(args);
      const job = jobs.find(id);
      return id === null
        ? trans.__('select a job in the list')
        : job === undefined
          ? ''
          : whyNotJob(act, job, trans);
    };

    /** The job that is meant, in the list or not. */
    const meant = async (
      args: ReadonlyPartialJSONObject
    ): Promise<Job | null> => {
      const id = idOf(args);
      if (id === null) {
        return null;
      }
      try {
        return jobs.find(id) ?? (await client.getJob(id));
      } catch (reason) {
        const title = trans.__('The job could not be found');
        await showRefusal(title, toApiError(reason), trans);
        return null;
      }
    };

    for (const { act, label, caption, icon, execute } of jobCommands(
      app,
      service
    )) {
      const command = JOB_COMMANDS[act];
      commands.addCommand(command, {
        label: args => {
          const many = several(args).length;
          const text = many > 0 ? manyLabel(act, many, trans) : label;
          return labelWith(text || label, whyNot(act, args), trans);
        },
        caption,
        icon,
        describedBy,
        isEnabled: args => whyNot(act, args) === '',
        isVisible: args => {
          if (several(args).length > 0) {
            return isForMany(act);
          }
          const job = jobs.find(idOf(args));
          return job === undefined || concernsJob(act, job);
        },
        execute: async args => {
          const many = several(args);
          if (many.length > 0 && isForMany(act)) {
            await actOnMany(act, many, service);
            return;
          }
          const job = await meant(args);
          if (job !== null) {
            await execute(job);
          }
        }
      });
      palette?.addItem({ command, category: trans.__('Jobs') });
    }

    commands.addCommand(CommandIDs.retryFailed, {
      label: trans.__('Retry failed runs…'),
      caption: trans.__('Execute the runs of a batch again that went wrong'),
      icon: refreshIcon,
      describedBy: stringArgs(
        {
          id: trans.__('Id of the job'),
          batch: trans.__('Number of the batch')
        },
        ['id', 'batch']
      ),
      isEnabled: args =>
        stringArg(args, 'id') !== null && stringArg(args, 'batch') !== null,
      execute: async args => {
        const job = await meant(args);
        const batch = Number(stringArg(args, 'batch'));
        if (job !== null && batch > 0) {
          await retryFailed(job, batch, service);
        }
      }
    });

    jobs.changed.connect(() => {
      for (const command of Object.values(JOB_COMMANDS)) {
        commands.notifyCommandChanged(command);
      }
    });
  }
};

function jobCommands(
  app: JupyterFrontEnd,
  service: IOrchestJobs
): IJobCommand[] {
  const { jobs, trans } = service;
  return [
    {
      act: 'start',
      label: trans.__('Start job'),
      caption: trans.__('Run this draft, or let its schedule begin'),
      icon: runIcon,
      execute: job => start(job, service)
    },
    {
      act: 'runNow',
      label: trans.__('Run now'),
      caption: trans.__('Start another batch now; the schedule stays as it is'),
      icon: runIcon,
      execute: job =>
        attempt(
          trans.__('The job could not be run'),
          () => jobs.runNow(job.id),
          trans
        )
    },
    {
      act: 'pause',
      label: trans.__('Pause job'),
      caption: trans.__('Start no new batches until it is resumed'),
      icon: pauseIcon,
      execute: job =>
        attempt(
          trans.__('The job could not be paused'),
          () => jobs.pause(job.id),
          trans
        )
    },
    {
      act: 'resume',
      label: trans.__('Resume job'),
      caption: trans.__(
        'Start batches again; what came while it was paused is not made up for'
      ),
      icon: runIcon,
      execute: job =>
        attempt(
          trans.__('The job could not be resumed'),
          () => jobs.resume(job.id),
          trans
        )
    },
    {
      act: 'edit',
      label: trans.__('Edit job…'),
      caption: trans.__('Change what the next batches of this job are'),
      icon: editIcon,
      execute: async job => {
        const args = { id: job.id, mode: 'edit' };
        await app.commands.execute(CommandIDs.openJob, args);
      }
    },
    {
      act: 'cancel',
      label: trans.__('Cancel job…'),
      caption: trans.__('Stop the runs of this job and start no more'),
      icon: stopIcon,
      execute: job => cancel(job, service)
    },
    {
      act: 'duplicate',
      label: trans.__('Duplicate job…'),
      caption: trans.__('Make a draft with the same settings'),
      icon: copyIcon,
      execute: job => duplicate(job, app, service)
    },
    {
      act: 'delete',
      label: trans.__('Delete job…'),
      caption: trans.__('Delete this job with all its runs'),
      icon: closeIcon,
      execute: job => remove(job, service)
    }
  ];
}

async function start(
  job: Job,
  { jobs, watcher, trans }: IOrchestJobs
): Promise<void> {
  await withConsent(
    async accept => {
      await jobs.start(job.id, accept);
      watcher.watch(job.id);
    },
    {
      question: trans.__('Start “%1”?', job.name),
      ok: trans.__('Start'),
      refusal: trans.__('The job could not be started')
    },
    trans
  );
}

async function cancel(job: Job, { jobs, trans }: IOrchestJobs): Promise<void> {
  const question = {
    title: trans.__('Cancel “%1”?', job.name),
    body: trans.__(
      'Runs that are going on are stopped, the others never start. What has finished stays.'
    ),
    ok: trans.__('Cancel job'),
    keep: trans.__('Let it run'),
    loses: true
  };
  if (await confirm(question)) {
    await attempt(
      trans.__('The job could not be cancelled'),
      () => jobs.cancel(job.id),
      trans
    );
  }
}

async function duplicate(
  job: Job,
  app: JupyterFrontEnd,
  { client, jobs, trans }: IOrchestJobs
): Promise<void> {
  const own = {
    value: 'own',
    label: trans.__('With its own snapshot')
  } as const;
  const current = {
    value: 'current',
    label: trans.__('With the current project')
  } as const;
  const frozen = job.snapshot.status === 'ready';
  const snapshot = await choose<SnapshotChoice>(
    trans.__('Duplicate “%1”?', job.name),
    [
      trans.__(
        'This makes a draft with the same parameters, schedule and settings. It can work with the project as it is now, or with the files that the job itself works with.'
      ),
      frozen ? '' : trans.__('The job has no snapshot of its own yet.')
    ].filter(text => text !== ''),
    frozen ? [own, current] : [current],
    trans
  );
  if (snapshot === null) {
    return;
  }
  const copy = await withConsent(
    accept => client.duplicateJob(job.id, snapshot, accept),
    {
      question: trans.__('Duplicate “%1”?', job.name),
      ok: trans.__('Duplicate'),
      refusal: trans.__('The job could not be duplicated')
    },
    trans
  );
  if (copy !== null) {
    jobs.add(copy);
    jobs.select(copy.id);
    await app.commands.execute(CommandIDs.openJob, { id: copy.id });
  }
}

async function remove(job: Job, { jobs, trans }: IOrchestJobs): Promise<void> {
  const size = job.size_bytes > 0 ? ` (${formatBytes(job.size_bytes)})` : '';
  const body =
    job.runs.total === 0
      ? trans.__('It has no runs. This can’t be undone.')
      : trans._n(
          'Its %1 run is deleted with its log and notebooks%2. This can’t be undone.',
          'Its %1 runs are deleted with their logs and notebooks%2. This can’t be undone.',
          job.runs.total,
          size
        );
  const draft = job.status === 'draft';
  const title = draft
    ? trans.__('Discard the draft “%1”?', job.name)
    : trans.__('Delete “%1”?', job.name);
  const ok = draft ? trans.__('Discard') : trans.__('Delete');
  const keep = trans.__('Keep');
  if (await confirm({ title, body, ok, keep, loses: true })) {
    await attempt(
      trans.__('The job could not be deleted'),
      () => jobs.delete(job.id),
      trans
    );
  }
}

async function retryFailed(
  job: Job,
  batch: number,
  { jobs, watcher, trans }: IOrchestJobs
): Promise<void> {
  const kind = await choose<RetryKind>(
    trans.__('Retry the failed runs of “%1”?', job.name),
    [
      trans.__(
        'From the beginning: every step is executed again, in a fresh working copy.'
      ),
      trans.__(
        'From the failed step: steps that have succeeded are not executed again; the others work in the working copy as the failed attempt left it. Runs whose files are gone begin from the beginning.'
      )
    ],
    [
      { value: 'resume', label: trans.__('From the failed step') },
      { value: 'retry', label: trans.__('From the beginning') }
    ],
    trans
  );
  if (kind !== null) {
    await attempt(
      trans.__('The runs could not be retried'),
      async () => {
        await jobs.retryBatch(job.id, batch, kind);
        watcher.watch(job.id, job.finished_at);
      },
      trans
    );
  }
}
