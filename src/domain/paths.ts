/** Paths of JupyterLab's file browser: `drive:folder/name`, the drive being optional. */

/** The drive of real-time collaboration: the same files as the default drive. */
const SHARED_DRIVE = 'RTC';

export const PIPELINE_EXTENSION = '.orchest';

export interface IDrivePath {
  /** Empty for the server's own files. */
  readonly drive: string;
  readonly path: string;
}

/** Split a path into drive and path on the drive, as JupyterLab's contents manager does. */
export function splitDrive(path: string): IDrivePath {
  const first = path.split('/')[0];
  const colon = first.indexOf(':');
  const drive = colon < 0 ? '' : first.slice(0, colon);
  const local = colon < 0 ? path : path.slice(colon + 1);
  return {
    drive: drive === SHARED_DRIVE ? '' : drive,
    path: local.replace(/^\/+/, '')
  };
}

/** Whether a path is of a document that several people edit; its file may lag behind it. */
export function isShared(path: string): boolean {
  return path.startsWith(`${SHARED_DRIVE}:`);
}

export function isPipeline(path: string): boolean {
  return path.toLowerCase().endsWith(PIPELINE_EXTENSION);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * The parameters file that belongs to a pipeline: `main.parameters.json` beside `main.orchest`,
 * `train.ipynb.parameters.json` beside `train.ipynb`.
 */
export function parametersFileOf(pipeline: string): string {
  const stem = isPipeline(pipeline)
    ? pipeline.slice(0, -PIPELINE_EXTENSION.length)
    : pipeline;
  return `${stem}.parameters.json`;
}

/** The JSON schema that may say what the parameters of a pipeline, or of a step's file, are. */
export function schemaFileOf(path: string): string {
  return `${path}.schema.json`;
}

/** How a form by that schema is laid out, in the words of JSON Forms. */
export function layoutFileOf(path: string): string {
  return `${path}.uischema.json`;
}

/** An absolute path relative to the server's root, with slashes; null if it is elsewhere. */
export function belowRoot(path: string, root: string): string | null {
  const top = root.endsWith('/') ? root : `${root}/`;
  return path.startsWith(top) ? path.slice(top.length) : null;
}

/** The folder that a file is in; the top is ''. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export type FileKind = 'notebook' | 'python' | 'bash' | 'script' | 'other';

const KINDS: Readonly<Record<string, FileKind>> = {
  '.ipynb': 'notebook',
  '.py': 'python',
  '.sh': 'bash',
  '': 'bash',
  '.r': 'script',
  '.jl': 'script',
  '.js': 'script'
};

/** How a step's file is run, by its suffix; `other` can't be run. */
export function fileKind(path: string): FileKind {
  const name = baseName(path).toLowerCase();
  const dot = name.lastIndexOf('.');
  return KINDS[dot <= 0 ? '' : name.slice(dot)] ?? 'other';
}

/** A file as a pipeline in a folder names it: `../data/load.py`. Both from the server's root. */
export function relativeTo(folder: string, path: string): string {
  const from = folder.split('/').filter(Boolean);
  const to = path.split('/').filter(Boolean);
  let same = 0;
  while (same < from.length && same < to.length && from[same] === to[same]) {
    same += 1;
  }
  return [...from.slice(same).map(() => '..'), ...to.slice(same)].join('/');
}

/**
 * The file that a pipeline in a folder means, from the server's root; null if it is elsewhere:
 * absolute, or above the root.
 */
export function resolveIn(folder: string, file: string): string | null {
  if (file.startsWith('/')) {
    return null;
  }
  const parts = folder.split('/').filter(Boolean);
  for (const part of file.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) {
        return null;
      }
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return parts.join('/');
}
