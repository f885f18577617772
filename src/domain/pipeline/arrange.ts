/** The automatic layout. Brings a library along: load it with the drawing only. */

import { IGraphStep, IPoint, ISize, NODE, Places } from '../graph';
import { fromLeftToRight } from '../layout';
import { movedTo, placeMissing } from './places';

/** New places for all steps, beginning where the drawing began. */
export function arrangeAll(
  steps: readonly IGraphStep[],
  places: Places,
  size: ISize = NODE
): Map<string, IPoint> {
  return movedTo(fromLeftToRight(steps, size), places);
}

/** The places that steps have, and new ones for those without: for all of them if none has one. */
export function arrangeMissing(
  steps: readonly IGraphStep[],
  places: Places,
  size: ISize = NODE
): Map<string, IPoint> {
  return places.size === 0
    ? arrangeAll(steps, places, size)
    : new Map([...places, ...placeMissing(steps, places, size)]);
}
