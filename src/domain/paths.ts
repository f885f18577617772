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

/** The parameters file that belongs to a pipeline: `main.parameters.json` beside `main.orchest`. */
export function parametersFileOf(pipeline: string): string {
  const stem = isPipeline(pipeline)
    ? pipeline.slice(0, -PIPELINE_EXTENSION.length)
    : pipeline;
  return `${stem}.parameters.json`;
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
