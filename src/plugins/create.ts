/** From a pipeline file to a job. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';

import { JobDetail, NewJob } from '../api/types';
import { baseName } from '../domain/paths';
import { withConsent } from './dialogs';
import { localPath } from './meant';
import { saveBeforeRun } from './save';
import { CommandIDs, IOrchestJobs } from './tokens';

/**
 * Create a job once open documents are saved; the user is asked about each consequence.
 *
 * @param more - of the request.
 * @returns null: refused, or not wanted.
 */
export async function createJob(
  shell: JupyterFrontEnd.IShell,
  { client, jobs, trans }: IOrchestJobs,
  documents: IDocumentManager | null,
  path: string,
  start: boolean,
  more: Partial<NewJob> = {}
): Promise<JobDetail | null> {
  const local = localPath(path, trans);
  if (local === null || !(await saveBeforeRun(shell, documents, path, trans))) {
    return null;
  }
  const name = baseName(local);
  const job = await withConsent(
    accept =>
      client.createJob({
        ...more,
        pipeline_path: local,
        start,
        accept: [...accept]
      }),
    start
      ? {
          question: trans.__('Run “%1” as a job?', name),
          ok: trans.__('Run'),
          refusal: trans.__('“%1” can’t run as a job', name)
        }
      : {
          question: trans.__('Make a job of “%1”?', name),
          ok: trans.__('Go on'),
          refusal: trans.__('“%1” can’t be made a job', name)
        },
    trans
  );
  if (job !== null && more.quick !== true) {
    jobs.add(job);
    jobs.select(job.id);
  }
  return job;
}

/** Create a draft and open it. */
export async function openDraft(
  app: JupyterFrontEnd,
  service: IOrchestJobs,
  documents: IDocumentManager | null,
  path: string
): Promise<void> {
  const job = await createJob(app.shell, service, documents, path, false);
  if (job !== null) {
    await app.commands.execute(CommandIDs.openJob, { id: job.id });
  }
}
