import { isReadable, NODE, placesIn, stepTowards } from '../graph';
import { arrange, fromLeftToRight } from '../layout';

// Browsers have it, jsdom does not; the layout needs it for plain data.
globalThis.structuredClone ??= value => JSON.parse(JSON.stringify(value));

const DIAMOND = [
  { step: 'get', incoming: [] },
  { step: 'left', incoming: ['get'] },
  { step: 'right', incoming: ['get'] },
  { step: 'join', incoming: ['left', 'right'] }
];
const PLACES = new Map([
  ['get', { x: 0, y: 100 }],
  ['left', { x: 300, y: 0 }],
  ['right', { x: 300, y: 220 }],
  ['join', { x: 600, y: 100 }]
]);

describe('the places of steps', () => {
  it('are those of the document', () => {
    const at = (position: unknown) => ({ meta_data: { position } });
    const steps = { a: at([1, 2.5]), b: at(['1', 2]), c: at([1]), d: {}, e: 7 };
    expect([...placesIn({ steps })]).toEqual([['a', { x: 1, y: 2.5 }]]);
    expect(placesIn({}).size + placesIn(null).size).toBe(0);
  });

  it('are kept if no step hides another', () => {
    expect(isReadable(DIAMOND, PLACES)).toBe(true);
    expect(arrange(DIAMOND, PLACES)).toEqual(PLACES);
  });

  it.each([
    ['one is missing', undefined],
    ['one is upon another', { x: 600 - NODE.width + 1, y: 101 }]
  ])('are made if %s', (_, place) => {
    const places = new Map(PLACES);
    places.delete('right');
    if (place !== undefined) {
      places.set('right', place);
    }
    expect(isReadable(DIAMOND, places)).toBe(false);
    const made = arrange(DIAMOND, places);
    expect(isReadable(DIAMOND, made)).toBe(true);
    expect(made.get('join')?.x).toBeGreaterThan(made.get('left')?.x ?? 0);
  });

  it('can be made for hundreds of steps, and with connections to nowhere', () => {
    const steps = Array.from({ length: 200 }, (_, i) => ({
      step: `s${i}`,
      incoming: i < 10 ? ['gone'] : [`s${i - 10}`, `s${Math.floor(i / 2)}`]
    }));
    expect(isReadable(steps, fromLeftToRight(steps))).toBe(true);
  });
});

describe('an arrow key', () => {
  it.each([
    ['get', 'ArrowRight', 'left'],
    ['left', 'ArrowRight', 'join'],
    ['join', 'ArrowLeft', 'left'],
    ['left', 'ArrowDown', 'right'],
    ['right', 'ArrowUp', 'left'],
    ['get', 'ArrowLeft', null],
    ['join', 'ArrowRight', null],
    ['left', 'ArrowUp', null],
    ['join', 'Home', 'get'],
    ['get', 'End', 'join'],
    ['get', 'x', null],
    ['gone', 'ArrowRight', null]
  ])('from %s, %s, leads to %s', (from, key, to) => {
    expect(stepTowards(from, key, DIAMOND, PLACES)).toBe(to);
  });
});
