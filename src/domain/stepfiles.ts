/** Files that can be steps, and names for files beside them. */

import { baseName, fileKind, isPipeline } from './paths';

const ELYRA_EXTENSION = '.pipeline';

/** Files that a step can run, and that are known by their extension. */
export function isStepFile(path: string): boolean {
  return baseName(path).lastIndexOf('.') > 0 && fileKind(path) !== 'other';
}

/** Whether a file can be a job: a pipeline, or a step file, which is one by itself. */
export function isRunnable(path: string): boolean {
  return isPipeline(path) || isStepFile(path);
}

export function isElyra(path: string): boolean {
  return path.toLowerCase().endsWith(ELYRA_EXTENSION);
}

/** The folder of a path with what separates it: `drive:folder/`, `drive:` or nothing. */
export function folderPrefix(path: string): string {
  return /^(?:.*\/|[^/]*:)?/.exec(path)?.[0] ?? '';
}

/** A file name that is not taken: `train.orchest`, else `train-2.orchest` and so on. */
export function freeName(
  stem: string,
  extension: string,
  taken: readonly string[]
): string {
  // Some file systems take upper and lower case for the same.
  const names = new Set(taken.map(name => name.toLowerCase()));
  let name = `${stem}${extension}`;
  for (let number = 2; names.has(name.toLowerCase()); number += 1) {
    name = `${stem}-${number}${extension}`;
  }
  return name;
}
