import fc from 'fast-check';
import { findNodeAtLocation, parseTree } from 'jsonc-parser';

import {
  addSteps,
  connect,
  disconnect,
  duplicateSteps,
  moveSteps,
  removeSteps,
  reorderIncoming,
  setFile,
  setMaxParallel,
  setName,
  setPipelineParameters,
  setStepParameters,
  setTitle,
  setUuid
} from '../edits';
import { isError } from '../problems';
import { IPipeline, readPipeline } from '../read';
import { applyEdits, ITextEdit, lineAt } from '../texts';
import { CORPUS } from './corpus';
import { pipelineFile } from './generated';

const NEW = '11111111-1111-4111-8111-111111111111';
/* eslint-disable @typescript-eslint/no-explicit-any -- documents are any JSON */

function read(text: string): IPipeline {
  const { pipeline, problems } = readPipeline(text);
  if (pipeline === null) {
    throw new Error(JSON.stringify(problems));
  }
  return pipeline;
}

/** What the text means, with the order of keys. */
function meaning(text: string): string {
  return JSON.stringify(documentOf(text));
}

function documentOf(text: string): any {
  return JSON.parse(text.replace(/^\uFEFF/, ''));
}

/** Whether all edits are on the lines of one part of the document. */
function isWithin(text: string, edits: ITextEdit[], place: string[]): boolean {
  const node = findNodeAtLocation(
    parseTree(text.replace(/^\uFEFF/, ' ')) as any,
    place
  );
  if (node === undefined) {
    return false;
  }
  const first = lineAt(text, node.offset);
  const last = lineAt(text, node.offset + node.length - 1);
  return edits.every(
    ({ offset, length }) =>
      lineAt(text, offset) >= first && lineAt(text, offset + length) <= last
  );
}

/** 500 files, the same each time. */
const GENERATED = fc.sample(pipelineFile, { numRuns: 500, seed: 7 });

/** Run a check on each step of the files of the corpus, and on a step of generated ones. */
function forFiles(
  check: (text: string, pipeline: IPipeline, step: string) => void
): void {
  for (const text of CORPUS) {
    const pipeline = read(text);
    for (const { step } of pipeline.steps) {
      check(text, pipeline, step);
    }
  }
  for (const [nth, { text, ids }] of GENERATED.entries()) {
    if (ids.length > 0) {
      try {
        check(text, read(text), ids[nth % ids.length]);
      } catch (reason) {
        console.error(text);
        throw reason;
      }
    }
  }
}

/** Check that an edit means what it should, and leaves a file that can be read. */
function expectEdit(
  text: string,
  edits: ITextEdit[],
  change: (document: any) => void
): string {
  const result = applyEdits(text, edits);
  const expected = documentOf(text);
  change(expected);
  expect(meaning(result)).toBe(JSON.stringify(expected));
  expect(readPipeline(result).problems.filter(isError)).toEqual([]);
  return result;
}

describe('an edit of a pipeline', () => {
  it('does nothing if all is so already', () => {
    forFiles((text, pipeline, id) => {
      const step = pipeline.steps.find(({ step }) => step === id)!;
      const edits = [
        'title' in documentOf(text).steps[id]
          ? setTitle(text, id, step.title)
          : [],
        setFile(text, id, step.file),
        setStepParameters(text, id, step.parameters).filter(
          () => 'parameters' in documentOf(text).steps[id]
        ),
        reorderIncoming(text, id, step.incoming),
        setMaxParallel(text, pipeline.maxParallel),
        moveSteps(text, new Map()),
        removeSteps(text, [NEW]),
        disconnect(text, NEW, id),
        ...step.incoming.map(before => connect(text, before, id)),
        'name' in documentOf(text) ? setName(text, pipeline.name) : [],
        'uuid' in documentOf(text) ? setUuid(text, pipeline.uuid) : []
      ];
      expect(edits.flat()).toEqual([]);
    });
  });

  it('of a title touches its line, and can be taken back', () => {
    forFiles((text, _, id) => {
      const before = documentOf(text).steps[id];
      const edits = setTitle(text, id, 'Neu "2" 😀');
      expect(
        isWithin(
          text,
          edits,
          'title' in before ? ['steps', id, 'title'] : ['steps', id]
        )
      ).toBe(true);
      const after = expectEdit(text, edits, document => {
        document.steps[id].title = 'Neu "2" 😀';
      });
      if ('title' in before) {
        const back = applyEdits(after, setTitle(after, id, before.title));
        expect(meaning(back)).toBe(meaning(text));
      }
    });
  });

  it('of file touches it', () => {
    forFiles((text, _, id) => {
      const edits = setFile(text, id, 'ü/neu.py');
      expect(isWithin(text, edits, ['steps', id, 'file_path'])).toBe(true);
      expectEdit(text, edits, document => {
        document.steps[id].file_path = 'ü/neu.py';
      });
    });
  });

  it('moves a step in whole units, there and back', () => {
    forFiles((text, _, id) => {
      const edits = moveSteps(text, new Map([[id, { x: 12.4, y: -0.2 }]]));
      expect(isWithin(text, edits, ['steps', id])).toBe(true);
      expectEdit(text, edits, ({ steps }) => {
        steps[id].meta_data ??= {};
        steps[id].meta_data.position = [12, 0];
      });
    });
  });

  it('sets parameters as they are written', () => {
    const json = '{\n  "a": 1.0,\n  "b": [1e3, "😀"]\n}';
    forFiles((text, _, id) => {
      const edits = setStepParameters(text, id, json);
      expect(isWithin(text, edits, ['steps', id])).toBe(true);
      const after = expectEdit(text, edits, ({ steps }) => {
        steps[id].parameters = { a: 1, b: [1000, '😀'] };
      });
      const { steps } = read(after);
      expect(steps.find(({ step }) => step === id)?.parameters).toBe(json);

      const whole = setPipelineParameters(text, json);
      const other = expectEdit(text, whole, document => {
        document.parameters = { a: 1, b: [1000, '😀'] };
      });
      expect(read(other).parameters).toBe(json);
      const old = read(text).parameters;
      const back = applyEdits(other, setPipelineParameters(other, old));
      expect(documentOf(back).parameters).toEqual(
        documentOf(text).parameters ?? {}
      );
      expect(read(back).parameters).toBe(old);
    });
  });

  it('changes name, identity and limit of the pipeline', () => {
    forFiles(text => {
      expectEdit(text, setName(text, 'x'), document => {
        document.name = 'x';
      });
      expectEdit(text, setUuid(text, NEW), document => {
        document.uuid = NEW;
      });
      const limited = expectEdit(text, setMaxParallel(text, 3), document => {
        document.settings ??= {};
        document.settings.max_steps_parallelism = 3;
      });
      expectEdit(limited, setMaxParallel(limited, null), document => {
        document.settings.max_steps_parallelism = 0;
      });
    });
  });

  it('adds a step, which can be removed again', () => {
    forFiles((text, _, id) => {
      const step = {
        step: NEW,
        title: 'new',
        file: 'new.py',
        kernel: { name: 'python', displayName: 'Python 3' },
        position: { x: 1, y: 2 },
        incoming: [id]
      };
      const edits = addSteps(text, [step]);
      const added = expectEdit(text, edits, ({ steps }) => {
        steps[NEW] = {
          environment: '',
          file_path: 'new.py',
          incoming_connections: [id],
          kernel: { display_name: 'Python 3', name: 'python' },
          meta_data: { hidden: false, position: [1, 2] },
          parameters: {},
          title: 'new',
          uuid: NEW
        };
      });
      expect(isWithin(text, edits, ['steps'])).toBe(true);
      expect(applyEdits(added, removeSteps(added, [NEW]))).toBe(text);
    });
  });

  it('removes steps, and them from others', () => {
    forFiles((text, { steps }, id) => {
      const gone = [id, steps[0].step];
      const edits = removeSteps(text, gone);
      expect(isWithin(text, edits, ['steps'])).toBe(true);
      expectEdit(text, edits, document => {
        for (const other of gone) {
          delete document.steps[other];
        }
        for (const step of Object.values<any>(document.steps)) {
          step.incoming_connections = step.incoming_connections.filter(
            (before: string) => !gone.includes(before)
          );
        }
      });
    });
  });

  it('disconnects, and connects at the end', () => {
    forFiles((text, { steps }, id) => {
      const { incoming } = steps.find(({ step }) => step === id)!;
      for (const before of incoming) {
        const rest = incoming.filter(other => other !== before);
        const edits = disconnect(text, before, id);
        expect(
          isWithin(text, edits, ['steps', id, 'incoming_connections'])
        ).toBe(true);
        const apart = expectEdit(text, edits, document => {
          document.steps[id].incoming_connections = rest;
        });
        expectEdit(apart, connect(apart, before, id), document => {
          document.steps[id].incoming_connections = [...rest, before];
        });
        if (before === incoming.at(-1)) {
          expect(applyEdits(apart, connect(apart, before, id))).toBe(text);
        }
        expect(() => connect(text, id, before)).toThrow(RangeError);
      }
    });
  });

  it('changes the order of inputs', () => {
    forFiles((text, { steps }, id) => {
      const { incoming } = steps.find(({ step }) => step === id)!;
      const order = [...incoming].reverse();
      const edits = reorderIncoming(text, id, order);
      expect(isWithin(text, edits, ['steps', id, 'incoming_connections'])).toBe(
        true
      );
      const after = expectEdit(text, edits, document => {
        document.steps[id].incoming_connections = order;
      });
      expect(applyEdits(after, reorderIncoming(after, id, incoming))).toBe(
        text
      );
    });
  });

  it('duplicates steps with the connections among them', () => {
    forFiles((text, { steps }, id) => {
      const some = [...new Set([steps[0].step, id])];
      const ids = new Map(some.map((step, n) => [step, `${n}${NEW.slice(1)}`]));
      const copies = new Map(
        some.map(step => [step, { step: ids.get(step)!, title: 'copy' }])
      );
      const edits = duplicateSteps(text, copies, { x: 40, y: 40 });
      expect(isWithin(text, edits, ['steps'])).toBe(true);
      const after = applyEdits(text, edits);
      expect(readPipeline(after).problems.filter(isError)).toEqual([]);
      const expected = documentOf(text);
      for (const step of steps.filter(({ step }) => ids.has(step))) {
        const copy = copyOf(expected.steps[step.step]);
        const into = copies.get(step.step)!;
        Object.assign(copy, { uuid: into.step, title: 'copy' });
        copy.incoming_connections = copy.incoming_connections.flatMap(
          (before: string) => ids.get(before) ?? []
        );
        if (step.position) {
          copy.meta_data.position = [step.position.x, step.position.y].map(
            place => Math.round(place + 40)
          );
        }
        expected.steps[into.step] = copy;
      }
      expect(documentOf(after)).toEqual(expected);
      expect(applyEdits(after, removeSteps(after, [...ids.values()]))).toBe(
        text
      );
    });
  });

  it('makes no difference if the step is gone', () => {
    const [text] = CORPUS;
    expect([
      ...setTitle(text, NEW, 'a'),
      ...setFile(text, NEW, 'a.py'),
      ...connect(text, NEW, read(text).steps[0].step),
      ...setStepParameters(text, NEW, '{}')
    ]).toEqual([]);
  });

  it('refuses what is no object of parameters, and a file that can’t be read', () => {
    const [text] = CORPUS;
    const { step } = read(text).steps[0];
    expect(() => setStepParameters(text, step, '{')).toThrow(SyntaxError);
    expect(() => setPipelineParameters(text, '[]')).toThrow(SyntaxError);
    for (const bad of ['', '{', '{}', '{"steps": {}, "a": 1, "a": 2}']) {
      expect(() => removeSteps(bad, [step])).toThrow(/can’t be edited/);
    }
  });
});

function copyOf(value: any): any {
  return JSON.parse(JSON.stringify(value));
}
