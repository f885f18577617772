/** Which files there are in the folders that a pipeline's steps are in. */

import { baseName, folderOf } from '../domain/paths';
import { Store } from './store';

type Folders = ReadonlyMap<string, ReadonlySet<string>>;

interface IStepFilesState {
  /** Folder → names of files. Those that are not known are missing. */
  readonly folders: Folders;
}

export class StepFiles extends Store<IStepFilesState> {
  /** @param list - the names of the files of a folder; none if there is no such folder. */
  constructor(
    private readonly _list: (folder: string) => Promise<readonly string[]>
  ) {
    super({ folders: new Map() });
  }

  /** Whether a file is missing; false as long as that isn't known. */
  isMissing(path: string): boolean {
    const names = this.state.folders.get(folderOf(path));
    return names !== undefined && !names.has(baseName(path));
  }

  /** Whether a file is there; false as long as that isn't known. */
  has(path: string): boolean {
    const names = this.state.folders.get(folderOf(path));
    return names?.has(baseName(path)) ?? false;
  }

  /** Files that are to be known. Each folder is asked for once. */
  watch(paths: readonly string[]): void {
    const wanted = new Set(paths.map(folderOf));
    for (const folder of wanted) {
      if (!this._asked.has(folder)) {
        this._asked.add(folder);
        void this._ask(folder);
      }
    }
  }

  /** Something changed in a folder. */
  renew(folder: string): void {
    if (this._asked.has(folder)) {
      void this._ask(folder);
    }
  }

  /** Ask anew for all folders. */
  renewAll(): void {
    this._asked.forEach(folder => void this._ask(folder));
  }

  private async _ask(folder: string): Promise<void> {
    try {
      const names = new Set(await this._list(folder));
      this.update({
        folders: new Map([...this.state.folders, [folder, names]])
      });
    } catch {
      // The server is away: what was known stays.
    }
  }

  private readonly _asked = new Set<string>();
}
