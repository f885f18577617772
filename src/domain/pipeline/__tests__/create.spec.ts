import {
  fileWithUuid,
  freeTitle,
  kernelFor,
  newPipeline,
  pipelineFromFiles
} from '../create';
import { addSteps } from '../edits';
import { readPipeline } from '../read';
import { applyEdits } from '../texts';

const UUID = '0915b350-b929-4cbd-b0d4-763cac0bb69f';

function ids(): () => string {
  let last = 0;
  return () => `00000000-0000-4000-8000-${String(last++).padStart(12, '0')}`;
}

describe('a new pipeline', () => {
  it('is written as Orchest does', () => {
    expect(newPipeline('train', UUID)).toBe(`{
    "name": "train",
    "parameters": {},
    "services": {},
    "settings": {
        "auto_eviction": false,
        "data_passing_memory_size": "1GB",
        "max_steps_parallelism": 0
    },
    "steps": {},
    "uuid": "${UUID}",
    "version": "1.2.3"
}
`);
  });

  it('gets steps as Orchest writes them', () => {
    const text = newPipeline('train', UUID);
    const edits = addSteps(text, [
      {
        step: 'a',
        title: 'get',
        file: 'get.py',
        kernel: kernelFor('get.py'),
        position: { x: 10, y: 20 }
      }
    ]);
    expect(applyEdits(text, edits)).toContain(`    "steps": {
        "a": {
            "environment": "",
            "file_path": "get.py",
            "incoming_connections": [],
            "kernel": {
                "display_name": "Python 3",
                "name": "python"
            },
            "meta_data": {
                "hidden": false,
                "position": [
                    10,
                    20
                ]
            },
            "parameters": {},
            "title": "get",
            "uuid": "a"
        }
    },
`);
  });

  it('of files is a chain in their natural order', () => {
    const files = [
      '10 end.R',
      'sub/2 train.ipynb',
      '2 train.py',
      '1 get',
      '1 get'
    ];
    const { pipeline, problems } = readPipeline(
      pipelineFromFiles(files, 'pipeline', ids())
    );
    expect(problems).toEqual([]);
    const steps = pipeline?.steps ?? [];
    expect(steps.map(({ file }) => file)).toEqual([
      '1 get',
      'sub/2 train.ipynb',
      '2 train.py',
      '10 end.R'
    ]);
    expect(steps.map(({ title }) => title)).toEqual([
      '1 get',
      '2 train',
      '2 train (2)',
      '10 end'
    ]);
    expect(steps.map(({ incoming }) => incoming)).toEqual([
      [],
      ...steps.slice(0, 3).map(({ step }) => [step])
    ]);
    expect(steps[3].kernel.name).toBe('r');
    expect(steps.map(({ position }) => position?.x)).toEqual([
      80, 340, 600, 860
    ]);
    expect(new Set([pipeline?.uuid, ...steps.map(s => s.step)]).size).toBe(5);
  });

  it('calls copies by a free title', () => {
    expect(freeTitle('a', ['b'])).toBe('a');
    expect(freeTitle('a (2)', ['a', 'a (2)', 'a (3)'])).toBe('a (4)');
  });
});

describe('a copied pipeline', () => {
  it('is told by another file with its UUID', () => {
    const files = [
      { uuid: UUID, path: 'a.orchest' },
      { uuid: '', path: 'c.orchest' }
    ];
    expect(fileWithUuid(UUID, 'b.orchest', files)).toBe(files[0]);
    expect(fileWithUuid(UUID, 'a.orchest', files)).toBeNull();
    expect(fileWithUuid('', 'b.orchest', files)).toBeNull();
  });
});
