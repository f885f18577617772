/** Tells when jobs end: once for each, in one of the windows of this browser. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { Job } from '../api/types';
import { bad } from '../domain/progress';
import { statusWord } from '../domain/status';
import { Claims } from '../models/claims';
import { Ends } from '../models/ends';
import { IOrchestJobs, SETTINGS_ID } from './tokens';

/** What the user wants to be told of. */
interface IWishes {
  readonly ends: 'all' | 'failed' | 'none';
  readonly startedElsewhere: boolean;
}

const DEFAULTS: IWishes = { ends: 'all', startedElsewhere: false };

export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:notifications',
  description: 'Tells when jobs have finished or failed.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [ISettingRegistry],
  activate: (
    _: JupyterFrontEnd,
    service: IOrchestJobs,
    registry: ISettingRegistry | null
  ): void => {
    const claims = new Claims(service.storage);
    // A job may end before the settings have come: then it waits for them.
    const settings = registry?.load(SETTINGS_ID).catch(() => undefined);
    const wishes = async (): Promise<IWishes> => {
      const { composite = {} } = (await settings) ?? {};
      const { notifications, notifyOfJobsStartedElsewhere } = composite;
      return {
        ends: ['all', 'failed', 'none'].includes(notifications as string)
          ? (notifications as IWishes['ends'])
          : DEFAULTS.ends,
        startedElsewhere: notifyOfJobsStartedElsewhere === true
      };
    };
    const tell = async (job: Job, startedHere: boolean): Promise<void> => {
      const { ends, startedElsewhere } = await wishes();
      const wanted =
        (startedHere || startedElsewhere) &&
        (job.status === 'failed'
          ? ends !== 'none'
          : job.status === 'succeeded' && ends === 'all');
      if (wanted && (await claims.take(`${job.id} ${job.finished_at}`))) {
        announceEnd(job, service);
      }
    };
    service.watcher.ended.connect((_, job) => void tell(job, true));
    new Ends(service.jobs).ended.connect((_, job) => void tell(job, false));
  }
};

/** Leads to a job. */
export function openAction(
  job: Job,
  { actions, trans }: IOrchestJobs
): Notification.IAction {
  return {
    label: trans.__('Open job'),
    displayType: 'link',
    callback: () => actions.openJob(job.id)
  };
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
