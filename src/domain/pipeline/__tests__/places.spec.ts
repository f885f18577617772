import fc from 'fast-check';

import { GAP, IGraphStep, IPoint, NODE, Places } from '../../graph';
import { arrangeAll, arrangeMissing } from '../arrange';
import { freePlace, placeMissing } from '../places';

// Browsers have it, jsdom does not; the layout needs it for plain data.
globalThis.structuredClone ??= value => JSON.parse(JSON.stringify(value));

/** Steps without circles, in any order. */
const graph = fc
  .integer({ min: 1, max: 12 })
  .chain(n =>
    fc.tuple(
      ...Array.from({ length: n }, (_, index) =>
        fc
          .subarray(
            Array.from({ length: index }, (_, before) => `s${before}`),
            { maxLength: Math.min(index, 3) }
          )
          .map(incoming => ({ step: `s${index}`, incoming }))
      )
    )
  )
  .chain(steps =>
    fc.shuffledSubarray(steps, {
      minLength: steps.length
    })
  );

function overlaps(places: Places): [string, string][] {
  const all = [...places];
  return all.flatMap(([a, p], index) =>
    all
      .slice(index + 1)
      .filter(
        ([, q]) =>
          Math.abs(p.x - q.x) < NODE.width &&
          Math.abs(p.y - q.y) < NODE.height + GAP.down - 1
      )
      .map(([b]): [string, string] => [a, b])
  );
}

function expectLeftToRight(steps: readonly IGraphStep[], places: Places): void {
  for (const { step, incoming } of steps) {
    for (const before of incoming) {
      const apart = places.get(step)!.x - places.get(before)!.x;
      expect(apart).toBeGreaterThanOrEqual(NODE.width + GAP.across - 1);
    }
  }
}

function expectWhole(places: Places): void {
  for (const { x, y } of places.values()) {
    expect([x, y].every(Number.isInteger)).toBe(true);
  }
}

/** Where steps are, each at the place of its rank in one direction. */
function columns(places: Places): Map<string, number> {
  return new Map([...places].map(([step, { x }]) => [step, x]));
}

describe('the automatic layout', () => {
  it('has no overlaps, leads from left to right, in whole units', () => {
    fc.assert(
      fc.property(graph, steps => {
        const places = arrangeAll(steps, new Map());
        expect(places.size).toBe(steps.length);
        expect(overlaps(places)).toEqual([]);
        expectLeftToRight(steps, places);
        expectWhole(places);
      })
    );
  });

  it('stays as it is when it is done again, and where it was', () => {
    fc.assert(
      fc.property(graph, fc.integer(), fc.integer(), (steps, x, y) => {
        const former = new Map([[steps[0].step, { x, y }]]);
        const places = arrangeAll(steps, former);
        expect(arrangeAll(steps, places)).toEqual(places);
        const all = [...places.values()];
        expect(Math.min(...all.map(p => p.x))).toBe(x);
        expect(Math.min(...all.map(p => p.y))).toBe(y);
      })
    );
  });

  it('leaves all other steps in their columns when a last step is added', () => {
    fc.assert(
      fc.property(graph, fc.nat(), (steps, nth) => {
        const end = steps[nth % steps.length].step;
        const more = [...steps, { step: 'new', incoming: [end] }];
        const before = columns(arrangeAll(steps, new Map()));
        const after = columns(arrangeAll(more, new Map()));
        after.delete('new');
        expect(after).toEqual(before);
      })
    );
  });
});

describe('a step without a place', () => {
  it('gets one, and no other step is moved', () => {
    fc.assert(
      fc.property(graph, fc.nat(), (steps, pick) => {
        const whole = arrangeAll(steps, new Map());
        const some = new Map(
          [...whole].filter((_, index) => ((pick >> index) & 1) === 1)
        );
        const places = arrangeMissing(steps, some);
        expect(places.size).toBe(steps.length);
        expect(overlaps(places)).toEqual([]);
        expectWhole(places);
        for (const [step, place] of some) {
          expect(places.get(step)).toBe(place);
        }
      })
    );
  });

  it('is right of what it waits for, else left of what waits for it', () => {
    fc.assert(
      fc.property(graph, fc.nat(), (steps, nth) => {
        const places = arrangeAll(steps, new Map());
        const { step, incoming } = steps[nth % steps.length];
        places.delete(step);
        const alone = placeMissing(steps, places).get(step) as IPoint;
        const after = steps.filter(s => s.incoming.includes(step));
        if (incoming.length > 0) {
          expectLeftToRight(
            [{ step, incoming }],
            new Map([...places, [step, alone]])
          );
        } else {
          expectLeftToRight(
            after.map(s => ({ ...s, incoming: [step] })),
            new Map([...places, [step, alone]])
          );
        }
      })
    );
  });

  it('gets one even in a circle', () => {
    const steps = [
      { step: 'a', incoming: ['b'] },
      { step: 'b', incoming: ['a', 'gone'] }
    ];
    expect(overlaps(arrangeMissing(steps, new Map()))).toEqual([]);
    const places = placeMissing(steps, new Map());
    expect([...places.keys()].sort()).toEqual(['a', 'b']);
    expect(overlaps(places)).toEqual([]);
  });

  it('is put where it was wished if there is room, else just beside', () => {
    const places = new Map([['a', { x: 0.4, y: 0.4 }]]);
    expect(freePlace({ x: 500, y: 3.6 }, places)).toEqual({ x: 500, y: 4 });
    expect(freePlace({ x: 10, y: 8 }, places)).toEqual({ x: 10, y: 113 });
    expect(freePlace({ x: 10, y: -8 }, places)).toEqual({ x: 10, y: -112 });
  });
});
