import { setKernelspec } from '../kernelspec';
import { readPipeline } from '../read';
import { applyEdits } from '../texts';

const TEXT = `{
  "steps": {
    "a": {"file_path": "a.py", "meta_data": {"hidden": false, "kernelspec": "old"}},
    "b": {"file_path": "b.py"}
  }
}`;

describe('the kernel of a step', () => {
  const set = (step: string, name: string) =>
    applyEdits(TEXT, setKernelspec(TEXT, step, name));

  it('is set, added and taken away, and nothing else changes', () => {
    expect(set('a', 'new')).toBe(TEXT.replace('"old"', '"new"'));
    expect(set('a', '')).toBe(TEXT.replace(', "kernelspec": "old"', ''));
    const { pipeline } = readPipeline(set('b', 'new'));
    expect(pipeline?.steps.map(step => step.kernelspec)).toEqual([
      'old',
      'new'
    ]);
  });

  it('stays as it is where there is nothing to do', () => {
    expect(set('b', '')).toBe(TEXT);
    expect(set('a', 'old')).toBe(TEXT);
    expect(set('gone', 'new')).toBe(TEXT);
  });
});
