import { JobAct, RunAct } from '../domain/permits';

/** What views ask for; commands carry it out. */
export interface IActions {
  /** Choose a pipeline and make a draft. */
  newJob(): void;
  openJob(id: string): void;
  openRun(id: string): void;
  openNotebook(notebook: INotebookPlace): void;
  job(act: JobAct, id: string): void;
  run(act: RunAct, id: string): void;
  draft(act: DraftAct, id: string): void;
  /** Execute the runs of a batch again that went wrong. */
  retryFailed(id: string, batch: number): void;
}

/** What concerns the inputs of a draft, or of the next batches of an active job. */
export type DraftAct = 'snapshot' | 'loadFile' | 'saveFile';

/** A rendered notebook: of which step of which run, and what its tab is called. */
export interface INotebookPlace {
  readonly run: string;
  readonly step: string;
  readonly title: string;
}
