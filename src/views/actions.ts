import { Run } from '../api/types';
import { JobAct, RunAct } from '../domain/permits';
import { BulkAct } from '../domain/runbulk';

/** What views ask for; commands carry it out. */
export interface IActions {
  /** Choose a pipeline and make a draft. */
  newJob(): void;
  openJob(id: string): void;
  /** Show a run; with a step: that one first. */
  openRun(id: string, step?: string): void;
  /** The rendered page. */
  openNotebook(notebook: INotebookPlace): void;
  /** The same, shown by JupyterLab itself. */
  openNotebookView(notebook: INotebookPlace): void;
  openRunFile(file: IFilePlace): void;
  job(act: JobAct, id: string): void;
  /** Cancel or delete all jobs that are selected. */
  selectedJobs(act: 'cancel' | 'delete'): void;
  run(act: RunAct, id: string): void;
  /** The same act on several runs; asks first. */
  runs(act: BulkAct, runs: readonly Run[]): void;
  /** Open a file of a project in its editor. */
  openFile(project: string, path: string): void;
  draft(act: DraftAct, id: string): void;
  /** Show the cluster and its settings, until they are closed. */
  showCluster(): Promise<void>;
  /** Execute the runs of a batch again that went wrong. */
  retryFailed(id: string, batch: number): void;
}

/** What concerns the inputs of a draft, or of the next batches of an active job. */
export type DraftAct = 'snapshot' | 'loadFile' | 'saveFile';

/** A file of a run. */
export interface IFilePlace {
  readonly run: string;
  /** Relative to the project. */
  readonly path: string;
  /** What its tab is called. */
  readonly title: string;
}

/** A rendered notebook: of which step of which run, and what its tab is called. */
export interface INotebookPlace {
  readonly run: string;
  readonly step: string;
  readonly title: string;
}
