import { english } from '../../__tests__/helpers';
import { tellProblem } from '../problems';
import { readPipeline } from '../read';
import { setResources, whyNotResources } from '../resources';
import { applyEdits } from '../texts';

const TEXT = `{
  "steps": {
    "a": {"file_path": "a.py", "resources": {"GPU": 1,
      "memory": "8GB"}, "title": "A"},
    "b": {
      "file_path": "b.py"
    }
  }
}`;

const set = (step: string, json: string, text = TEXT) =>
  applyEdits(text, setResources(text, step, json));

const resourcesOf = (text: string) =>
  readPipeline(text).pipeline?.steps.map(({ resources }) => resources);

describe('resources of a step', () => {
  it('are read on one line', () => {
    expect(resourcesOf(TEXT)).toEqual(['{"GPU": 1, "memory": "8GB"}', '']);
    expect(readPipeline(TEXT).problems).toEqual([]);
    expect(resourcesOf('{"steps": {"a": {"resources": {}}}}')).toEqual(['']);
    expect(resourcesOf('{"steps": {"a": {"resources": null}}}')).toEqual(['']);
  });

  it('are set, replaced and taken away; all else stays as it is written', () => {
    expect(set('b', '{"GPU": 0.5}')).toBe(
      TEXT.replace('"b.py"', '"b.py",\n      "resources": {"GPU": 0.5}')
    );
    expect(set('a', '{"TPU": 1}')).toBe(
      TEXT.replace('{"GPU": 1,\n      "memory": "8GB"}', '{"TPU": 1}')
    );
    expect(set('a', '')).toBe(
      TEXT.replace('"resources": {"GPU": 1,\n      "memory": "8GB"}, ', '')
    );
    expect(set('a', '{"GPU": 1, "memory": "8GB"}')).toBe(TEXT);
    expect(set('b', '')).toBe(TEXT);
    expect(set('gone', '{"GPU": 1}')).toBe(TEXT);
  });

  it.each([
    ['', ''],
    ['{"GPU": 1, "memory": "512 MiB"}', ''],
    ['{"GPU": 0}', '“GPU” needs a number above 0'],
    ['{"GPU": true}', '“GPU” needs'],
    ['{"memory": "much"}', '“memory” needs'],
    ['{"memory": "0GB"}', '“memory” needs'],
    ['[1]', 'Resources are an object'],
    ['8', 'Resources are an object'],
    ['{"GPU": 1', 'not JSON'],
    ['{"GPU": 1, "GPU": 2}', 'GPU']
  ])('are checked: %s', (text, words) => {
    const why = whyNotResources(text, english);
    expect(why).toContain(words);
    expect(why === '').toBe(words === '');
  });

  it('are problems of the step if they are no amounts', () => {
    const text =
      '{"steps": {"a": {"file_path": "a",\n"resources": {"GPU": 1,\n"m": "x"}},' +
      '\n"b": {"file_path": "b", "resources": 1}}}';
    const { problems } = readPipeline(text);
    expect(problems.map(({ kind, step, line }) => [kind, step, line])).toEqual([
      ['no-amount', 'a', 3],
      ['no-object', 'b', 4]
    ]);
    expect(tellProblem(problems[0], english)).toBe(
      'The resource “m” needs a number above 0, or an amount such as "8GB".'
    );
  });
});
