/** The canvas that a pipeline is edited on: where its steps are. */

import { IGraphStep, IPoint, Places, stepTowards } from './graph';
import { fromLeftToRight } from './layout';

/** The size of a step on the canvas, in its own units. */
export const STEP = { width: 180, height: 56 } as const;

const GAP = { x: 60, y: 40 } as const;

export interface IPlacedStep extends IGraphStep {
  /** Null: the file doesn't say. */
  readonly position: IPoint | null;
}

/** Where the steps are: as the file says, those of which it doesn't below the others. */
export function placesOf(steps: readonly IPlacedStep[]): Map<string, IPoint> {
  const known = steps.filter(({ position }) => position !== null);
  const others = steps.filter(({ position }) => position === null);
  const places = new Map(
    known.map(({ step, position }) => [step, position as IPoint])
  );
  const { left, bottom } = boxOf(places);
  const top = known.length === 0 ? 0 : bottom + GAP.y;
  for (const [step, { x, y }] of fromLeftToRight(others)) {
    places.set(step, { x: left + x, y: top + y });
  }
  return places;
}

/** A place for a new step: this one, or the nearest one below it that is free. */
export function freePlace(wanted: IPoint, places: Places): IPoint {
  const { x } = wanted;
  let { y } = wanted;
  const isTaken = () =>
    [...places.values()].some(
      place =>
        Math.abs(place.x - x) < STEP.width &&
        Math.abs(place.y - y) < STEP.height
    );
  while (isTaken()) {
    y += STEP.height + GAP.y;
  }
  return { x, y };
}

/** Beside a step, in the direction of its connections. */
export function placeAfter(place: IPoint): IPoint {
  return { x: place.x + STEP.width + GAP.x, y: place.y };
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

function boxOf(places: Places): { left: number; bottom: number } {
  const points = [...places.values()];
  return points.length === 0
    ? { left: 0, bottom: 0 }
    : {
        left: Math.min(...points.map(({ x }) => x)),
        bottom: Math.max(...points.map(({ y }) => y + STEP.height))
      };
}
