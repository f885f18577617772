/** What views ask for that needs no command. The same act on many runs: asks, shows how far it is, and what was refused. */

import {
  Dialog,
  Notification,
  ReactWidget,
  showDialog
} from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import React from 'react';

import { IJobsClient } from '../api/client';
import { ApiError, toApiError } from '../api/errors';
import { Run } from '../api/types';
import { belowRoot } from '../domain/paths';
import { BulkAct, planBulk } from '../domain/runbulk';
import { formatBytes } from '../domain/sizes';
import { actOnAll, IBulkResult } from '../models/bulk';
import { Live } from '../models/live';
import { attempt, confirm, showRefusal } from './dialogs';

interface IWords {
  readonly title: string;
  readonly ok: string;
  readonly doing: string;
  readonly done: string;
  readonly refusal: string;
}

/** More refusals are counted rather than listed. */
const MOST_LISTED = 50;
const READ_MS = 5_000;

export async function actOnRuns(
  act: BulkAct,
  runs: readonly Run[],
  service: { client: IJobsClient; live: Live; trans: TranslationBundle }
): Promise<void> {
  const { client, live, trans } = service;
  const { able, reasons } = planBulk(act, runs, trans);
  const words = wordsOf(act, able, trans);
  const others = [...reasons].map(([why, count]) =>
    trans._n(
      '%1 other run stays as it is: %2.',
      '%1 other runs stay as they are: %2.',
      count,
      why
    )
  );
  const question = {
    title: words.title,
    body: [effectOf(act, able, trans), ...others].join(' '),
    ok: words.ok,
    keep: trans.__('Leave them'),
    loses: act === 'cancel' || act === 'delete'
  };
  if (able.length === 0 || !(await confirm(question))) {
    return;
  }
  const notice = Notification.emit(words.doing, 'in-progress', {
    autoClose: false
  });
  try {
    const ids = able.map(({ id }) => id);
    const result = await actOnAll(client, live, act, ids, asked =>
      Notification.update({
        id: notice,
        message:
          asked === 0
            ? words.doing
            : trans.__('%1 %2 so far.', words.doing, asked)
      })
    );
    Notification.update({
      id: notice,
      message: trans.__('%1: %2', words.done, result.done),
      type: result.refused.length === 0 ? 'success' : 'warning',
      autoClose: READ_MS
    });
    if (result.refused.length > 0) {
      await showRefused(words.refusal, result, trans);
    }
  } catch (reason) {
    Notification.dismiss(notice);
    await showRefusal(words.refusal, toApiError(reason), trans);
  }
}

/** What will happen, and to how much. */
function effectOf(
  act: BulkAct,
  runs: readonly Run[],
  trans: TranslationBundle
): string {
  switch (act) {
    case 'cancel':
      return trans.__('Their steps are stopped.');
    case 'retry':
      return trans.__(
        'Every step is executed again, in a fresh working copy of the snapshot.'
      );
    case 'resume':
      return trans.__(
        'The steps that have not succeeded are executed, in the working copies as the failed attempts left them.'
      );
    case 'delete': {
      const bytes = runs.reduce((sum, run) => sum + (run.size_bytes ?? 0), 0);
      return trans.__(
        'Their files (%1), logs and notebooks go with them. This can’t be undone.',
        formatBytes(bytes)
      );
    }
  }
}

function wordsOf(
  act: BulkAct,
  { length: count }: readonly Run[],
  trans: TranslationBundle
): IWords {
  switch (act) {
    case 'cancel':
      return {
        title: trans._n('Cancel %1 run?', 'Cancel %1 runs?', count),
        ok: trans._n('Cancel %1 run', 'Cancel %1 runs', count),
        doing: trans._n('Cancelling %1 run…', 'Cancelling %1 runs…', count),
        done: trans.__('Runs cancelled'),
        refusal: trans.__('Not all runs could be cancelled')
      };
    case 'retry':
      return {
        title: trans._n('Retry %1 run?', 'Retry %1 runs?', count),
        ok: trans._n('Retry %1 run', 'Retry %1 runs', count),
        doing: trans._n('Retrying %1 run…', 'Retrying %1 runs…', count),
        done: trans.__('Runs to be retried'),
        refusal: trans.__('Not all runs could be retried')
      };
    case 'resume':
      return {
        title: trans._n('Resume %1 run?', 'Resume %1 runs?', count),
        ok: trans._n('Resume %1 run', 'Resume %1 runs', count),
        doing: trans._n('Resuming %1 run…', 'Resuming %1 runs…', count),
        done: trans.__('Runs to be resumed'),
        refusal: trans.__('Not all runs could be resumed')
      };
    case 'delete':
      return {
        title: trans._n('Delete %1 run?', 'Delete %1 runs?', count),
        ok: trans._n('Delete %1 run', 'Delete %1 runs', count),
        doing: trans._n('Deleting %1 run…', 'Deleting %1 runs…', count),
        done: trans.__('Runs deleted'),
        refusal: trans.__('Not all runs could be deleted')
      };
  }
}

async function showRefused(
  title: string,
  { refused }: IBulkResult,
  trans: TranslationBundle
): Promise<void> {
  const more = refused.length - MOST_LISTED;
  const lines = refused.slice(0, MOST_LISTED).map(({ message }) => message);
  const items = [
    ...lines,
    ...(more > 0 ? [trans._n('and %1 more', 'and %1 more', more)] : [])
  ].map((text, index) => React.createElement('li', { key: index }, text));
  await showDialog({
    title,
    body: ReactWidget.create(
      React.createElement(
        'ul',
        { className: 'jp-OrchestJobs-problems jp-OrchestJobs-refusal' },
        ...items
      )
    ),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

/** Open a file of a project where one works with it, if it is below the server's root. */
export async function openProjectFile(
  commands: CommandRegistry,
  project: string,
  path: string,
  service: { client: IJobsClient; trans: TranslationBundle }
): Promise<void> {
  const { client, trans } = service;
  const refusal = trans.__('The file could not be opened');
  await attempt(
    refusal,
    async () => {
      const { root_dir } = await client.server();
      const local = belowRoot(`${project}/${path}`, root_dir);
      if (local === null) {
        throw new ApiError(
          'refused',
          trans.__(
            'The project %1 is not below this server’s folder %2. Open it with a server that is started there.',
            project,
            root_dir
          )
        );
      }
      await commands.execute('docmanager:open', { path: local });
    },
    trans
  );
}
