/** Circles in the graph of a pipeline. */

import { IGraphStep } from '../graph';

/** Whether a connection from one step to another would close a circle. */
export function wouldCycle(
  steps: readonly IGraphStep[],
  from: string,
  to: string
): boolean {
  return from === to || before(steps, from).has(to);
}

/** All steps that a step depends on, directly or not; in a circle, itself as well. */
export function before(
  steps: readonly IGraphStep[],
  step: string
): Set<string> {
  const incoming = new Map(steps.map(s => [s.step, s.incoming]));
  const found = new Set<string>();
  const open = [...(incoming.get(step) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!found.has(next) && incoming.has(next)) {
      found.add(next);
      open.push(...(incoming.get(next) ?? []));
    }
  }
  return found;
}

/** One circle in the direction of its connections; the last step leads back to the first. */
export function findCycle(steps: readonly IGraphStep[]): string[] | null {
  const incoming = new Map(steps.map(s => [s.step, s.incoming]));
  const done = new Set<string>();
  for (const { step } of steps) {
    // A walk towards the beginnings; `path` is where it is, with what is left to look at there.
    const path = done.has(step)
      ? []
      : [{ step, left: [...(incoming.get(step) ?? [])] }];
    while (path.length > 0) {
      const { step: here, left } = path[path.length - 1];
      const next = left.shift();
      if (next === undefined) {
        done.add(here);
        path.pop();
        continue;
      }
      const at = path.findIndex(place => place.step === next);
      if (at >= 0) {
        return path
          .slice(at)
          .map(place => place.step)
          .reverse();
      }
      if (!done.has(next) && incoming.has(next)) {
        path.push({ step: next, left: [...(incoming.get(next) ?? [])] });
      }
    }
  }
  return null;
}
