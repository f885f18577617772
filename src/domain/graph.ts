/** A pipeline as a drawing: where its steps are, and how to walk from one to another. */

export interface IPoint {
  readonly x: number;
  readonly y: number;
}

export interface IGraphStep {
  readonly step: string;
  readonly incoming: readonly string[];
}

export interface ISize {
  readonly width: number;
  readonly height: number;
}

export type Places = ReadonlyMap<string, IPoint>;

/** The size of a step in the drawing, in its own units. */
export const NODE: ISize = { width: 208, height: 84 };

/** What is left free between steps, at least: along connections, and across them. */
export const GAP = { across: 72, down: 28 } as const;

/** The places that a pipeline's document gives its steps; those without one are left out. */
export function placesIn(document: unknown): Map<string, IPoint> {
  const places = new Map<string, IPoint>();
  for (const [id, step] of entries(field(document, 'steps'))) {
    const position = field(field(step, 'meta_data'), 'position');
    if (Array.isArray(position)) {
      const [x, y] = position as unknown[];
      if (isNumber(x) && isNumber(y)) {
        places.set(id, { x, y });
      }
    }
  }
  return places;
}

/** Whether every step has a place and none hides another. */
export function isReadable(
  steps: readonly IGraphStep[],
  places: Places
): boolean {
  const points: IPoint[] = [];
  for (const { step } of steps) {
    const point = places.get(step);
    if (point === undefined) {
      return false;
    }
    points.push(point);
  }
  points.sort((a, b) => a.x - b.x);
  return points.every((point, index) => {
    for (let i = index + 1; i < points.length; i++) {
      if (points[i].x - point.x >= NODE.width) {
        break;
      }
      if (Math.abs(points[i].y - point.y) < NODE.height) {
        return false;
      }
    }
    return true;
  });
}

/**
 * The step that an arrow key leads to: right and left along connections, up and down to the
 * nearest one in that direction; Home and End to the first and the last in the pipeline's order.
 */
export function stepTowards(
  from: string,
  key: string,
  steps: readonly IGraphStep[],
  places: Places
): string | null {
  const here = places.get(from);
  const start = steps.find(({ step }) => step === from);
  if (here === undefined || start === undefined) {
    return null;
  }
  switch (key) {
    case 'ArrowRight': {
      const after = steps.filter(({ incoming }) => incoming.includes(from));
      return nearest(
        here,
        after.map(({ step }) => step),
        places
      );
    }
    case 'ArrowLeft':
      return nearest(here, start.incoming, places);
    case 'ArrowUp':
    case 'ArrowDown': {
      const side = key === 'ArrowUp' ? -1 : 1;
      const beyond = steps
        .map(({ step }) => step)
        .filter(step => side * ((places.get(step)?.y ?? here.y) - here.y) > 0);
      return nearest(here, beyond, places);
    }
    case 'Home':
      return steps[0].step;
    case 'End':
      return steps[steps.length - 1].step;
    default:
      return null;
  }
}

/** The steps in an order in which each comes after what it waits for; circles as they are. */
export function parentsFirst(steps: readonly IGraphStep[]): IGraphStep[] {
  const known = new Map(steps.map(s => [s.step, s]));
  const seen = new Set<string>();
  const ordered: IGraphStep[] = [];
  for (const start of steps) {
    const open: { at: IGraphStep; left: string[] }[] = [];
    const enter = (at: IGraphStep | undefined) => {
      if (at !== undefined && !seen.has(at.step)) {
        seen.add(at.step);
        open.push({ at, left: [...at.incoming] });
      }
    };
    enter(start);
    while (open.length > 0) {
      const { at, left } = open[open.length - 1];
      const next = left.shift();
      if (next === undefined) {
        ordered.push(at);
        open.pop();
      } else {
        enter(known.get(next));
      }
    }
  }
  return ordered;
}

/** The step whose place is nearest; sideways counts more than up and down. */
function nearest(
  here: IPoint,
  among: readonly string[],
  places: Places
): string | null {
  let found: string | null = null;
  let least = Infinity;
  for (const step of among) {
    const point = places.get(step);
    if (point !== undefined) {
      const far = Math.hypot(2 * (point.x - here.x), point.y - here.y);
      if (far < least) {
        found = step;
        least = far;
      }
    }
  }
  return found;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value)
    : [];
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
