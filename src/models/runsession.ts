/** All that the tab of a run knows of the run that it shows. */

import { IDisposable } from '@lumino/disposable';

import { IJobsClient } from '../api/client';
import { FilesModel } from './files';
import { Live } from './live';
import { Neighbours } from './neighbours';
import { RunModel } from './run';
import { StepLog } from './steplog';

export class RunSession implements IDisposable {
  constructor(
    client: IJobsClient,
    live: Live,
    id: string,
    step: string | null
  ) {
    this.run = new RunModel(client, live, id, step);
    this.log = new StepLog(client, live, this.run);
    this.files = new FilesModel(client, live, id);
    this.neighbours = new Neighbours(client, live, id);
  }

  readonly run: RunModel;
  readonly log: StepLog;
  readonly files: FilesModel;
  readonly neighbours: Neighbours;

  get isDisposed(): boolean {
    return this.run.isDisposed;
  }

  dispose(): void {
    this.log.dispose();
    this.files.dispose();
    this.neighbours.dispose();
    this.run.dispose();
  }
}
