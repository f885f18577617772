/** The files of a run: folders are asked for when they are opened. */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { IFolder, TOP } from '../domain/filetree';
import { Live } from './live';
import { Store } from './store';

export interface IFilesState {
  readonly folders: ReadonlyMap<string, IFolder>;
  /** The paths of open folders. */
  readonly open: ReadonlySet<string>;
  readonly changedOnly: boolean;
}

export class FilesModel extends Store<IFilesState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    readonly run: string
  ) {
    super({ folders: new Map(), open: new Set(), changedOnly: false });
  }

  /** Ask for the top, unless that was done. */
  begin(): void {
    if (!this.state.folders.has(TOP) && !this._asking.has(TOP)) {
      void this._ask(TOP);
    }
  }

  /** Open or close a folder. */
  setOpen(path: string, isOpen: boolean): void {
    const open = new Set(this.state.open);
    if (isOpen) {
      open.add(path);
    } else {
      open.delete(path);
    }
    this.update({ open });
    if (isOpen) {
      // What is known is shown until the answer: it may have changed since.
      void this._ask(path);
    }
  }

  showChangedOnly(changedOnly: boolean): void {
    this.update({ changedOnly });
  }

  /** Ask again for all that can be seen. */
  refresh(): void {
    for (const path of [TOP, ...this.state.open]) {
      void this._ask(path);
    }
  }

  private async _ask(path: string): Promise<void> {
    if (this._asking.has(path)) {
      return;
    }
    this._asking.add(path);
    try {
      const { items, total, note } = await this._client.listRunFiles(
        this.run,
        path
      );
      this._put(path, { items, total, note: note ?? '' });
    } catch (reason) {
      this._live.report(reason);
      const { message } = toApiError(reason);
      const known = this.state.folders.get(path);
      this._put(path, {
        items: known?.items ?? null,
        total: known?.total ?? 0,
        note: message
      });
    } finally {
      this._asking.delete(path);
    }
  }

  private _put(path: string, folder: IFolder): void {
    const folders = new Map(this.state.folders).set(path, folder);
    this.update({ folders });
  }

  private _asking = new Set<string>();
}
