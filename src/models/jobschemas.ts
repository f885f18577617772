/** The schemas of a job's parameters: those that lie in its project now. */

import { JobDetail } from '../api/types';
import { PIPELINE_SCOPE } from '../domain/parametersfile';
import { belowRoot, folderOf, isPipeline, resolveIn } from '../domain/paths';
import { IWords } from '../domain/words';
import { Schemas } from './schemas';
import { ServerFiles } from './serverfiles';
import { StepFiles } from './stepfiles';

/** What is needed of the files of the server. */
export type SchemaSource = Pick<ServerFiles, 'list' | 'read'>;

export class JobSchemas extends Schemas {
  constructor(source: SchemaSource, trans: IWords) {
    super(
      new StepFiles(folder => source.list(folder)),
      path => source.read(path),
      trans
    );
  }

  /** @param root - the folder of the server; projects elsewhere have no schemas. */
  follow(job: JobDetail, root: string): void {
    const pipeline = belowRoot(`${job.project}/${job.pipeline_path}`, root);
    if (pipeline === null || this._steps === job.steps) {
      return;
    }
    this._steps = job.steps;
    const files = new Map<string, string>();
    if (isPipeline(pipeline)) {
      files.set(PIPELINE_SCOPE, pipeline);
    }
    for (const { step, file_path } of job.steps) {
      const path = resolveIn(folderOf(pipeline), file_path);
      if (path !== null) {
        files.set(step, path);
      }
    }
    this.watch(files);
  }

  /** As they were told last. */
  private _steps: JobDetail['steps'] | null = null;
}
