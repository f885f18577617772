/** The files of a run as rows of a tree. */

export interface IFile {
  readonly name: string;
  readonly path: string;
  readonly type: 'file' | 'dir' | 'link';
  readonly size: number;
  readonly change: 'same' | 'added' | 'changed' | 'deleted';
}

/** What is known of a folder's contents. */
export interface IFolder {
  /** Null until the first answer. */
  readonly items: readonly IFile[] | null;
  /** How many there are, listed or not. */
  readonly total: number;
  /** Why there are none, or why they are not known. */
  readonly note: string;
}

export interface IFileRow {
  readonly kind: 'file' | 'note' | 'loading';
  /** Unique. */
  readonly key: string;
  /** From 1. */
  readonly level: number;
  readonly file: IFile | null;
  readonly isOpen: boolean;
  /** Place among its siblings, from 1, and how many they are. */
  readonly position: number;
  readonly siblings: number;
  readonly note: string;
  /** Of a note: files that are not listed. */
  readonly hidden: number;
}

/** The path of the top. */
export const TOP = '';

export function rowsOf(
  folders: ReadonlyMap<string, IFolder>,
  open: ReadonlySet<string>,
  changedOnly: boolean
): IFileRow[] {
  const rows: IFileRow[] = [];
  const add = (path: string, level: number): void => {
    const folder = folders.get(path);
    const about = {
      level,
      file: null,
      isOpen: false,
      position: 1,
      siblings: 1
    };
    if (folder === undefined || (folder.items === null && folder.note === '')) {
      rows.push({
        ...about,
        kind: 'loading',
        key: `${path}/…`,
        note: '',
        hidden: 0
      });
      return;
    }
    const items = folder.items ?? [];
    const shown = changedOnly
      ? items.filter(({ change }) => change !== 'same')
      : items;
    for (const [index, file] of shown.entries()) {
      const isOpen = file.type === 'dir' && open.has(file.path);
      rows.push({
        kind: 'file',
        key: file.path,
        level,
        file,
        isOpen,
        position: index + 1,
        siblings: shown.length,
        note: '',
        hidden: 0
      });
      if (isOpen) {
        add(file.path, level + 1);
      }
    }
    const hidden = Math.max(0, folder.total - items.length);
    if (folder.note !== '' || hidden > 0) {
      const { note } = folder;
      rows.push({ ...about, kind: 'note', key: `${path}/!`, note, hidden });
    }
  };
  add(TOP, 1);
  return rows;
}

/** The path of the folder that holds a path. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
