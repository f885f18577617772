/** What views ask for; commands carry it out. */

export interface IActions {
  openJob(id: string): void;
  openRun(id: string): void;
  openNotebook(notebook: INotebookPlace): void;
  cancelJob(id: string): void;
  cancelRun(id: string): void;
}

/** A rendered notebook: of which step of which run, and what its tab is called. */
export interface INotebookPlace {
  readonly run: string;
  readonly step: string;
  readonly title: string;
}
