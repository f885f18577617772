/** The steps of a run: which one matters first, and how far each is. */

import { StepStatus } from './status';
import { IWords } from './words';

export interface IStep {
  readonly step: string;
  readonly title: string;
  readonly incoming: readonly string[];
  readonly status: StepStatus;
  readonly cells: number | null;
  readonly cells_done: number;
  readonly failed_cell: number | null;
}

/** The step to look at first: the one that went wrong, else the one that runs, else the first. */
export function firstToLookAt<T extends IStep>(
  steps: readonly T[]
): T | undefined {
  const wanted: StepStatus[] = ['failed', 'interrupted', 'running'];
  for (const status of wanted) {
    const found = steps.find(step => step.status === status);
    if (found !== undefined) {
      return found;
    }
  }
  return steps[0];
}

/** "cell 5 of 12"; empty for scripts and before the start. */
export function cellProgress(step: IStep, trans: IWords): string {
  if (step.cells === null || step.cells === 0) {
    return '';
  }
  if (step.failed_cell !== null) {
    return trans.__('failed in cell %1 of %2', step.failed_cell, step.cells);
  }
  if (step.status === 'running') {
    const current = Math.min(step.cells_done + 1, step.cells);
    return trans.__('cell %1 of %2', current, step.cells);
  }
  return step.cells_done === step.cells
    ? trans._n('%1 cell', '%1 cells', step.cells)
    : trans.__('%1 of %2 cells', step.cells_done, step.cells);
}

/** "from attempt 1", "try 2 of 3" or nothing: what is unusual about where a step's results are from. */
export function stepOrigin(
  step: {
    readonly status: StepStatus;
    readonly attempt: number;
    readonly tries: number;
    readonly max_tries: number;
  },
  attempt: number,
  trans: IWords
): string {
  if (step.status === 'succeeded' && isCarriedOver(step, attempt)) {
    return trans.__('from attempt %1', step.attempt);
  }
  if (step.tries < 2) {
    return '';
  }
  return trans.__('try %1 of %2', step.tries, step.max_tries);
}

function isCarriedOver(step: { attempt: number }, attempt: number): boolean {
  return step.attempt > 0 && step.attempt < attempt;
}

/** The titles of the steps that a step waits for. */
export function titlesBefore(step: IStep, steps: readonly IStep[]): string[] {
  return step.incoming.map(
    id => steps.find(other => other.step === id)?.title ?? id
  );
}
