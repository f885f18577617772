/** New pipeline files, as Orchest writes them. */

import { baseName } from '../paths';
import { addSteps, INewStep } from './edits';
import { ORIGIN } from './places';
import { IKernel } from './read';
import { applyEdits } from './texts';

/** The version of the format that we write: Orchest's last one. */
const PIPELINE_VERSION = '1.2.3';

/** What Orchest writes for notebooks and scripts of Python. */
export const PYTHON: IKernel = { name: 'python', displayName: 'Python 3' };

/** How far apart steps of a chain are put. */
const STEP_WIDTH = 260;

/** The kernels that Orchest writes for scripts. */
const KERNELS: Readonly<Record<string, IKernel>> = {
  r: { name: 'r', displayName: 'R' },
  jl: { name: 'julia', displayName: 'Julia' },
  js: { name: 'javascript', displayName: 'JavaScript' }
};

/** The text of a pipeline without steps. */
export function newPipeline(name: string, uuid: string): string {
  const document = {
    name,
    parameters: {},
    services: {},
    settings: {
      auto_eviction: false,
      data_passing_memory_size: '1GB',
      max_steps_parallelism: 0
    },
    steps: {},
    uuid,
    version: PIPELINE_VERSION
  };
  return `${JSON.stringify(document, null, 4)}\n`;
}

/**
 * The text of a pipeline that runs files one after the other, in the natural order of their names.
 *
 * @param files - Paths relative to the folder of the pipeline file.
 * @param newId - Gives a new UUID each time.
 */
export function pipelineFromFiles(
  files: readonly string[],
  name: string,
  newId: () => string
): string {
  const text = newPipeline(name, newId());
  const steps: INewStep[] = [];
  for (const file of [...new Set(files)].sort(byName)) {
    const before = steps.at(-1);
    steps.push({
      step: newId(),
      title: freeTitle(
        titleOf(file),
        steps.map(({ title }) => title)
      ),
      file,
      kernel: kernelFor(file),
      position: { x: ORIGIN.x + STEP_WIDTH * steps.length, y: ORIGIN.y },
      incoming: before === undefined ? [] : [before.step]
    });
  }
  return applyEdits(text, addSteps(text, steps));
}

/** The kernel that Orchest would write for a file, by its name. */
export function kernelFor(file: string): IKernel {
  const name = baseName(file);
  const dot = name.lastIndexOf('.');
  return (dot > 0 && KERNELS[name.slice(dot + 1).toLowerCase()]) || PYTHON;
}

/** What to call a step that runs a file: its name without extension. */
export function titleOf(file: string): string {
  const name = baseName(file);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** A title that none of the others has: with a number behind it if need be. */
export function freeTitle(title: string, others: readonly string[]): string {
  if (!others.includes(title)) {
    return title;
  }
  const bare = title.replace(/ \(\d+\)$/, '');
  let number = 2;
  while (others.includes(`${bare} (${number})`)) {
    number += 1;
  }
  return `${bare} (${number})`;
}

/** Whether another file has the UUID that a pipeline file has: one is a copy of the other. */
export function fileWithUuid<
  T extends { readonly uuid: string; readonly path: string }
>(uuid: string, path: string, files: readonly T[]): T | null {
  return uuid === ''
    ? null
    : (files.find(file => file.uuid === uuid && file.path !== path) ?? null);
}

const NATURAL = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** 2 comes before 10, and what is equal for people by its characters. */
function byName(a: string, b: string): number {
  return (
    NATURAL.compare(baseName(a), baseName(b)) || (a < b ? -1 : a > b ? 1 : 0)
  );
}
