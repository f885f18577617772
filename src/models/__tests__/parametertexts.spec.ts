import { YFile } from '@jupyter/ydoc';

import { PIPELINE_SCOPE } from '../../domain/parametersfile';
import { PipelineEditor } from '../pipelineeditor';
import { OpenPipeline, settled } from './openpipeline';

describe('parameters of an open pipeline', () => {
  let pipeline: OpenPipeline;
  let text: YFile;
  let editor: PipelineEditor;

  const idOf = (title: string) =>
    editor.view.steps.find(step => step.title === title)?.step ?? '';

  beforeEach(() => {
    pipeline = new OpenPipeline();
    ({ text } = pipeline);
    editor = pipeline.open();
  });

  afterEach(() => {
    editor.dispose();
    text.dispose();
  });

  describe('with a schema', () => {
    const SCHEMA = JSON.stringify({
      required: ['rate'],
      properties: { rate: { type: 'number', minimum: 0 } }
    });

    it('are not put into the pipeline before they are as it says', async () => {
      pipeline.schemas.set('main.orchest.schema.json', SCHEMA);
      editor = pipeline.open();
      await settled();
      const { texts } = editor;
      expect(editor.schemas.of(PIPELINE_SCOPE)?.file).toBe(
        'demo/main.orchest.schema.json'
      );
      expect(editor.schemas.whyNot(PIPELINE_SCOPE, '{}')).toBe(
        '“rate” is missing.'
      );
      const before = text.getSource();
      texts.type(PIPELINE_SCOPE, '{"rate": -1}');
      expect(texts.why(PIPELINE_SCOPE)).toBe('rate: This must be at least 0.');
      expect(text.getSource()).toBe(before);
      texts.type(PIPELINE_SCOPE, '{"rate": 1.0}');
      expect(texts.why(PIPELINE_SCOPE)).toBe('');
      expect(editor.doc.state.pipeline?.parameters).toBe('{"rate": 1.0}');
    });

    it('can be taken over when the schema allows them', async () => {
      editor.addFiles(['demo/a.ipynb']);
      pipeline.schemas.set('a.ipynb.schema.json', SCHEMA);
      editor.files.renewAll();
      await settled();
      const { texts } = editor;
      const a = idOf('a');
      texts.type(a, '{"rate": "fast"}');
      expect(texts.canPut(a)).toBe(false);
      pipeline.schemas.set('a.ipynb.schema.json', '{}');
      editor.schemas.renew('demo/a.ipynb.schema.json');
      await settled();
      expect(texts.canPut(a)).toBe(true);
      texts.type(a, texts.textOf(a));
      expect(texts.invalid).toEqual([]);
      expect(editor.view.steps[0].parameters).toBe('{"rate": "fast"}');
    });

    it('are laid out as the file beside it says, also if that comes or goes', async () => {
      const layout = () => editor.schemas.of(PIPELINE_SCOPE)?.layout;
      const name = 'main.orchest.uischema.json';
      pipeline.schemas.set('main.orchest.schema.json', SCHEMA);
      editor = pipeline.open();
      await settled();
      expect(layout()).toEqual({});
      const control = { type: 'Control', scope: '#/properties/rate' };
      pipeline.schemas.set(name, JSON.stringify(control));
      editor.files.renewAll();
      await settled();
      expect(layout()).toEqual({ 'ui:order': ['rate', '*'], rate: {} });
      pipeline.schemas.set(name, JSON.stringify({ ...control, label: 'R' }));
      editor.schemas.renew(`demo/${name}`);
      await settled();
      expect(editor.schemas.formOf(PIPELINE_SCOPE, 'rate')?.layout).toEqual({
        rate: { 'ui:title': 'R' }
      });
      pipeline.schemas.set(name, '{');
      editor.schemas.renew(`demo/${name}`);
      await settled();
      expect(layout()).toEqual({});
      pipeline.schemas.delete(name);
      editor.files.renewAll();
      await settled();
      expect(layout()).toEqual({});
      expect(editor.schemas.of(PIPELINE_SCOPE)?.check).not.toBeNull();
    });

    it('are not checked by a schema that can’t be used, or is gone', async () => {
      pipeline.schemas.set('main.orchest.schema.json', '{"type": "array"}');
      editor = pipeline.open();
      await settled();
      expect(editor.schemas.of(PIPELINE_SCOPE)).toMatchObject({
        check: null,
        why: 'It must be the JSON schema of an object.'
      });
      expect(editor.texts.whyNot(PIPELINE_SCOPE, '{}')).toBeNull();
      pipeline.schemas.clear();
      editor.files.renewAll();
      await settled();
      expect(editor.schemas.of(PIPELINE_SCOPE)).toBeNull();
    });
  });

  describe('that are typed', () => {
    it('are in the pipeline as soon as they are valid', () => {
      const { texts } = editor;
      texts.type(PIPELINE_SCOPE, '{"rows": 1e3}');
      expect(editor.doc.state.pipeline?.parameters).toBe('{"rows": 1e3}');
      expect(texts.why(PIPELINE_SCOPE)).toBe('');
    });

    it('are neither saved nor lost while they are not', () => {
      const { texts } = editor;
      texts.type(PIPELINE_SCOPE, '{"rows": 1}');
      const before = text.getSource();
      texts.type(PIPELINE_SCOPE, '{"rows": 1, }');
      texts.leave(PIPELINE_SCOPE);
      expect(text.getSource()).toBe(before);
      expect(texts.textOf(PIPELINE_SCOPE)).toBe('{"rows": 1, }');
      expect(texts.invalid).toEqual([PIPELINE_SCOPE]);
      // The tab is closed and opened again.
      editor.dispose();
      editor = pipeline.open();
      expect(editor.texts.textOf(PIPELINE_SCOPE)).toBe('{"rows": 1, }');
      editor.texts.restore(PIPELINE_SCOPE);
      expect(editor.texts.textOf(PIPELINE_SCOPE)).toBe('{"rows": 1}');
      expect(pipeline.open().texts.invalid).toEqual([]);
    });

    it('move with the file of their pipeline', () => {
      editor.texts.type(PIPELINE_SCOPE, '{"rows": 1, }');
      pipeline.path = 'demo/other.orchest';
      editor.moved();
      editor.texts.type(PIPELINE_SCOPE, '{"rows": 2, }');
      editor.dispose();
      const former = pipeline.open(text, () => 'demo/main.orchest');
      expect(former.texts.invalid).toEqual([]);
      editor = pipeline.open();
      expect(editor.texts.textOf(PIPELINE_SCOPE)).toBe('{"rows": 2, }');
      editor.texts.restore(PIPELINE_SCOPE);
      expect(pipeline.open().texts.invalid).toEqual([]);
    });

    it('are no problem of a step that is gone, and back with it', () => {
      editor.addFiles(['demo/a.ipynb']);
      const a = idOf('a');
      editor.texts.type(a, '{"depth": ');
      expect(editor.texts.invalid).toEqual([a]);
      editor.remove();
      expect(editor.texts.invalid).toEqual([]);
      editor.doc.undo();
      expect(editor.texts.invalid).toEqual([a]);
      expect(editor.texts.textOf(a)).toBe('{"depth": ');
    });

    it('have to be an object, without keys that are there twice', () => {
      const { texts } = editor;
      for (const wrong of ['[1]', '1', '{"a": 1, "a": 2}', '']) {
        expect(texts.whyNotObject(wrong)).not.toBeNull();
      }
    });

    it('follow what is undone', () => {
      const { texts } = editor;
      texts.type(PIPELINE_SCOPE, '{"rows": 1}');
      editor.doc.undo();
      expect(texts.textOf(PIPELINE_SCOPE)).toBe('{}');
    });
  });
});
