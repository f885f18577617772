/** The canvas that a pipeline is edited on: where its steps are. */

import { GAP, IGraphStep, IPoint, Places, stepTowards } from './graph';

/** The size of a step on the canvas, in its own units. */
export const STEP = { width: 180, height: 56 } as const;

/** Beside a step, in the direction of its connections. */
export function placeAfter(place: IPoint): IPoint {
  return { x: place.x + STEP.width + GAP.across, y: place.y };
}

/**
 * The step that an arrow key leads to: along connections, else to the nearest one in that
 * direction; Home and End to the first and the last in the order of the file.
 */
export function walk(
  from: string,
  key: string,
  steps: readonly IGraphStep[],
  places: Places
): string | null {
  return stepTowards(from, key, steps, places) ?? beside(from, key, places);
}

/** The nearest step in the direction of an arrow key. */
export function beside(
  from: string,
  key: string,
  places: Places
): string | null {
  const here = places.get(from);
  const way = WAYS[key];
  if (here === undefined || way === undefined) {
    return null;
  }
  let found: string | null = null;
  let least = Infinity;
  for (const [step, { x, y }] of places) {
    const along = (x - here.x) * way.x + (y - here.y) * way.y;
    const across = (x - here.x) * way.y + (y - here.y) * way.x;
    const far = along + 2 * Math.abs(across);
    if (along > 0 && far < least) {
      found = step;
      least = far;
    }
  }
  return found;
}

/** What an arrow key stands for. */
export const WAYS: Readonly<Record<string, IPoint>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 }
};
