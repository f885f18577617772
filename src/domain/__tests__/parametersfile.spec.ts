import {
  fileIssues,
  formatFile,
  PIPELINE_SCOPE,
  readFile
} from '../parametersfile';
import { parametersFileOf, belowRoot } from '../paths';
import { placeAt } from '../pipeline/texts';
import { matching } from '../pipelines';
import { english } from './helpers';

const SCOPES = new Set([PIPELINE_SCOPE, 'step-1']);
const LISTS = {
  [PIPELINE_SCOPE]: { seed: ['1.0', '9007199254740993'] },
  'step-1': { model: ['"ridge"', '{"a": [1, 2]}'], 'a "b"': ['null'] }
};

const messages = (text: string) =>
  fileIssues(text, SCOPES, english).map(({ from, message }) => {
    const { line, column } = placeAt(text, from);
    return `${line}:${column}: ${message}`;
  });

describe('the text of a parameters file', () => {
  it('is read as it was written, to the digit', () => {
    const text = formatFile(LISTS);
    expect(fileIssues(text, SCOPES, english)).toEqual([]);
    expect(readFile(text)).toEqual(LISTS);
  });

  it('leaves out scopes without parameters', () => {
    expect(formatFile({ 'step-1': {} })).toBe('{}\n');
    expect(readFile('{}\n')).toEqual({});
  });

  it('gives long lists a line for each value', () => {
    const values = Array.from({ length: 40 }, (_, index) => String(index));
    const text = formatFile({ 'step-1': { n: values } });
    expect(text.split('\n')).toHaveLength(47);
    expect(readFile(text)).toEqual({ 'step-1': { n: values } });
  });

  it('says all that is wrong, and where', () => {
    const text = `{
  "${PIPELINE_SCOPE}": {
    "seed": 1,
    "empty": [],
    "good": [1],
    "good": [2],
    "twice": [1,
      {"a": 1, "a": 2}]
  },
  "step-9": {"x": [1]},
  "step-1": [1]
}`;
    expect(messages(text)).toEqual([
      expect.stringMatching(/^3:5: The value of “seed” has to be a list/),
      expect.stringMatching(/^4:5: The list of “empty” is empty/),
      expect.stringMatching(/^6:5: “good” is here twice/),
      expect.stringMatching(/^8:7: The key “a” is in one object twice/),
      expect.stringMatching(/^10:3: “step-9” is not a step of this pipeline/),
      expect.stringMatching(/^11:3: This has to be an object/)
    ]);
  });

  it('has to be an object of valid JSON', () => {
    expect(messages('[1]')[0]).toMatch(/has to be an object/);
    expect(messages('{')[0]).toMatch(/not JSON/);
  });
});

describe('paths and pipelines', () => {
  it('name the parameters file that belongs to a pipeline', () => {
    expect(parametersFileOf('a/main.orchest')).toBe('a/main.parameters.json');
  });

  it('are relative to the root of the server, or elsewhere', () => {
    expect(belowRoot('/home/me/a/b.orchest', '/home/me')).toBe('a/b.orchest');
    expect(belowRoot('/b.orchest', '/')).toBe('b.orchest');
    expect(belowRoot('/home/menno/b.orchest', '/home/me')).toBeNull();
  });

  it('are found by words, those that begin so first', () => {
    const files = [
      { name: 'Retrain', path: 'b/retrain.orchest' },
      { name: 'Train', path: 'a/train.orchest' },
      { name: 'Report', path: 'a/report.orchest' }
    ];
    const names = (filter: string) =>
      matching(files, filter).map(({ name }) => name);
    expect(names('')).toEqual(['Retrain', 'Train', 'Report']);
    expect(names('train')).toEqual(['Train', 'Retrain']);
    expect(names('re a/')).toEqual(['Report', 'Retrain'].slice(0, 1));
    expect(names('nothing')).toEqual([]);
  });
});
