import fc from 'fast-check';

import { english } from '../../__tests__/helpers';
import { before, findCycle, wouldCycle } from '../cycles';
import { isError, tellProblem } from '../problems';
import { readPipeline } from '../read';
import { applyEdits, replace } from '../texts';
import { mended } from '../tree';
import { CORPUS } from './corpus';
import { pipelineFile } from './generated';

const step = (more: object) => ({ file_path: 'a.ipynb', ...more });

function problemsOf(text: string): [string, string | null, number][] {
  return readPipeline(text).problems.map(({ kind, step, line }) => [
    kind,
    step,
    line
  ]);
}

describe('a pipeline file', () => {
  it('is read as it is', () => {
    const text = `{
  "name": "pipe", "uuid": "u-1", "version": "1.2.3",
  "parameters": {
    "rate": 1.0
  },
  "settings": {"max_steps_parallelism": 2},
  "services": {"redis": {}},
  "steps": {
    "b": {
      "title": "Train", "file_path": "train.py", "environment": "e",
      "kernel": {"name": "python", "display_name": "Python 3"},
      "incoming_connections": ["a", "a"],
      "meta_data": {"position": [1, 2.5], "kernelspec": "own"},
      "parameters": {
        "x": 1e3
      }
    },
    "a": {"file_path": "get"}
  }
}`;
    expect(readPipeline(text)).toEqual({
      problems: [],
      pipeline: {
        uuid: 'u-1',
        name: 'pipe',
        version: '1.2.3',
        parameters: '{\n  "rate": 1.0\n}',
        maxParallel: 2,
        services: ['redis'],
        steps: [
          {
            step: 'b',
            title: 'Train',
            file: 'train.py',
            environment: 'e',
            kernelspec: 'own',
            resources: '',
            kernel: { name: 'python', displayName: 'Python 3' },
            incoming: ['a'],
            position: { x: 1, y: 2.5 },
            parameters: '{\n  "x": 1e3\n}'
          },
          {
            step: 'a',
            title: '',
            file: 'get',
            environment: '',
            kernelspec: '',
            resources: '',
            kernel: { name: '', displayName: '' },
            incoming: [],
            position: null,
            parameters: '{}'
          }
        ]
      }
    });
  });

  it('has no errors if people have used it', () => {
    for (const text of CORPUS) {
      expect(readPipeline(text).problems.filter(isError)).toEqual([]);
    }
  });

  it.each([
    ['', 'empty', 1],
    [' \n', 'empty', 1],
    ['{\n"steps": {}\n"a": 1}', 'json', 3],
    ['{"steps": {}} // no', 'json', 1],
    ['{"steps": {"a": NaN}}', 'json', 1],
    ["{'steps': {}}", 'json', 1],
    ['{"steps": {},\n "a": {"b": 1,\n "b": 2}}', 'key-twice', 3],
    ['{"steps": {},\n "a": 1e999}', 'number', 2],
    ['{"steps": {}, "a":\n "\\ud83d"}', 'half', 2],
    [`{"steps": {}, "a": ${'['.repeat(64)}${']'.repeat(64)}}`, 'deep', 1],
    ['['.repeat(200_000), 'deep', 1],
    ['[]', 'no-pipeline', 1],
    ['{"a": 1}', 'no-pipeline', 1],
    ['{"a": 1,\n"steps": []}', 'no-pipeline', 2]
  ])('can’t be read: %.40s', (text, kind, line) => {
    const { pipeline } = readPipeline(text);
    expect(pipeline).toBeNull();
    expect(problemsOf(text)).toEqual([[kind, null, line]]);
  });

  it.each([
    ['{"steps": {}\n\n  "a": 1}', 3],
    ['\n"steps"', 1],
    ['{"a": 1,\n "steps": []}', 11],
    ['{"steps": {}, "uuid": ".."}', 23],
    ['{"steps": {},\r\n"settings": 5}', 13]
  ])('says in which column it is wrong: %j', (text, column) => {
    expect(readPipeline(text).problems[0].column).toBe(column);
  });

  it('says what is wrong with which step, on which line', () => {
    const text = JSON.stringify(
      {
        uuid: '../up',
        settings: [],
        parameters: null,
        steps: {
          a: step({ incoming_connections: ['c'], title: 'A' }),
          b: step({ incoming_connections: ['a', 'gone'], title: 'B' }),
          c: step({ incoming_connections: ['b'] }),
          'd d': { parameters: 1, incoming_connections: 'a' },
          e: 7,
          f: step({ title: 'A' })
        }
      },
      null,
      1
    );
    expect(problemsOf(text)).toEqual([
      ['no-object', null, 3],
      ['uuid', null, 2],
      ['dangling', 'b', 17],
      ['step-id', 'd d', 27],
      ['no-file', 'd d', 27],
      ['no-object', 'd d', 28],
      ['no-list', 'd d', 29],
      ['no-step', null, 31],
      ['cycle', 'b', 15],
      ['cycle', 'c', 23],
      ['cycle', 'a', 8],
      ['title-twice', 'a', 11],
      ['title-twice', 'f', 34]
    ]);
    const told = readPipeline(text).problems.map(p => tellProblem(p, english));
    expect(told).toContain(
      'It waits for a step that is not in the pipeline: gone.'
    );
    expect(told).toContain(
      'The steps wait for each other in a circle: “B” → “Unnamed step” → “A” → “B”.'
    );
  });

  it('is fine without steps, but that is told', () => {
    expect(problemsOf('{"steps": {}}')).toEqual([['no-steps', null, 1]]);
    expect(readPipeline('{"steps": {}}').problems.some(isError)).toBe(false);
  });

  it('is mended if two edits left a comma too few or too many', () => {
    const twoAdded =
      '{"steps": {\n"a": {"file_path": "a"}\n"b": {"file_path": "b"}}}';
    const twoRemoved = '{"steps": {\n"a": {"file_path": "a"},\n}}';
    for (const text of [twoAdded, twoRemoved]) {
      const edits = mended(text) ?? [];
      const { pipeline } = readPipeline(applyEdits(text, edits));
      expect(pipeline?.steps.map(({ step }) => step)).toContain('a');
    }
    expect(mended(CORPUS[0])).toBeNull();
    expect(mended('{"steps": {')).toBeNull();
    expect(mended('{"steps": {}, "a": 1 "a": 2}')).toBeNull();
    fc.assert(
      fc.property(pipelineFile, fc.nat(), ({ text }, nth) => {
        const commas = [...text.matchAll(/,(?=\s*"[^"]*"\s*:)/g)];
        fc.pre(commas.length > 0);
        const { index = 0 } = commas[nth % commas.length];
        const broken = text.slice(0, index) + text.slice(index + 1);
        fc.pre(readPipeline(broken).pipeline === null);
        expect(applyEdits(broken, mended(broken) ?? [])).toBe(text);
      }),
      { numRuns: 50, seed: 3 }
    );
  });
});

describe('the graph of a pipeline', () => {
  const graph = fc
    .integer({ min: 1, max: 7 })
    .chain(n =>
      fc.tuple(
        ...Array.from({ length: n }, (_, i) =>
          fc
            .subarray(Array.from({ length: n }, (_, j) => `s${j}`))
            .map(incoming => ({ step: `s${i}`, incoming }))
        )
      )
    );

  it('has a circle exactly if a step is before itself', () => {
    fc.assert(
      fc.property(graph, steps => {
        const cycle = findCycle(steps);
        const inCircle = steps.filter(({ step }) =>
          before(steps, step).has(step)
        );
        expect(cycle !== null).toBe(inCircle.length > 0);
        cycle?.forEach((id, index) => {
          const next = cycle[(index + 1) % cycle.length];
          expect(steps.find(({ step }) => step === next)?.incoming).toContain(
            id
          );
        });
      })
    );
  });

  it('tells which connections would close one', () => {
    fc.assert(
      fc.property(graph, fc.nat(), fc.nat(), (steps, a, b) => {
        fc.pre(findCycle(steps) === null);
        const [from, to] = [a, b].map(n => steps[n % steps.length].step);
        const connected = steps.map(s =>
          s.step === to ? { ...s, incoming: [...s.incoming, from] } : s
        );
        expect(wouldCycle(steps, from, to)).toBe(findCycle(connected) !== null);
      })
    );
  });
});

describe('a replaced part of a text', () => {
  it('is as small as can be, and never half of a character', () => {
    expect(replace('a "Train" b', 2, 9, '"Trainer"')).toEqual({
      offset: 8,
      length: 0,
      text: 'er'
    });
    fc.assert(
      fc.property(
        fc.fullUnicodeString(),
        fc.fullUnicodeString(),
        fc.constantFrom('', '😀', '😁', '🀀'),
        (old, by, end) => {
          const text = `<${old}${end}>`;
          const edit = replace(text, 1, text.length - 1, by + end);
          expect(applyEdits(text, [edit])).toBe(`<${by}${end}>`);
          expect(edit.text).not.toMatch(/\p{Surrogate}/u);
        }
      )
    );
    expect(replace('😀', 0, 2, '😁')).toEqual({
      offset: 0,
      length: 2,
      text: '😁'
    });
  });
});
