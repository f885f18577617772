/**
 * Places for steps of a pipeline that is edited: what has a place keeps it. The rules are those of
 * docs/explanation/layout.md.
 */

import {
  GAP,
  IGraphStep,
  IPoint,
  ISize,
  NODE,
  parentsFirst,
  Places
} from '../graph';
import { rounded } from './edits';

/** Where the first step of an empty pipeline is put. */
export const ORIGIN: IPoint = { x: 80, y: 120 };

/**
 * Places for the steps that have none: right of what they wait for, else left of what waits for
 * them, as near as there is room.
 */
export function placeMissing(
  steps: readonly IGraphStep[],
  places: Places,
  size: ISize = NODE
): Map<string, IPoint> {
  const taken = new Map(places);
  const placed = new Map<string, IPoint>();
  for (const { step, incoming } of parentsFirst(steps)) {
    if (taken.has(step)) {
      continue;
    }
    const before = pointsOf(incoming, taken);
    const after = pointsOf(
      steps.filter(s => s.incoming.includes(step)).map(s => s.step),
      taken
    );
    const point = freePlace(wish(before, after, taken, size), taken, size);
    taken.set(step, point);
    placed.set(step, point);
  }
  return placed;
}

/** The place nearest to a wished one, straight up or down from it, that keeps its distance. */
export function freePlace(
  wished: IPoint,
  places: Places,
  size: ISize = NODE
): IPoint {
  const { x, y } = rounded(wished);
  const inWay = [...places.values()].filter(
    place => Math.abs(place.x - x) < size.width + GAP.down
  );
  const apart = size.height + GAP.down;
  const isFree = (at: number) =>
    inWay.every(place => Math.abs(place.y - at) >= apart);
  // The nearest free place is the wished one, or just above or below another step.
  const candidates = inWay.flatMap(place => [
    Math.ceil(place.y + apart),
    Math.floor(place.y - apart)
  ]);
  const best = [y, ...candidates]
    .filter(isFree)
    .sort((a, b) => Math.abs(a - y) - Math.abs(b - y) || b - a);
  return { x, y: best[0] };
}

/** The same drawing moved to where another one begins: its upper left corner. */
export function movedTo(places: Places, former: Places): Map<string, IPoint> {
  const from = corner(places);
  const to = former.size > 0 ? corner(former) : ORIGIN;
  return new Map(
    [...places].map(([step, { x, y }]) => [
      step,
      rounded({ x: x - from.x + to.x, y: y - from.y + to.y })
    ])
  );
}

function wish(
  before: readonly IPoint[],
  after: readonly IPoint[],
  taken: Places,
  size: ISize
): IPoint {
  const step = size.width + GAP.across;
  if (before.length > 0) {
    return { x: Math.max(...before.map(({ x }) => x)) + step, y: mean(before) };
  }
  if (after.length > 0) {
    return { x: Math.min(...after.map(({ x }) => x)) - step, y: mean(after) };
  }
  return taken.size > 0 ? corner(taken) : ORIGIN;
}

function corner(places: Places): IPoint {
  const points = [...places.values()];
  return {
    x: Math.min(...points.map(({ x }) => x)),
    y: Math.min(...points.map(({ y }) => y))
  };
}

function mean(points: readonly IPoint[]): number {
  return points.reduce((sum, { y }) => sum + y, 0) / points.length;
}

function pointsOf(steps: readonly string[], places: Places): IPoint[] {
  return steps.flatMap(step => places.get(step) ?? []);
}
