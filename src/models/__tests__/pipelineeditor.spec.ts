import { YFile } from '@jupyter/ydoc';
import * as Y from 'yjs';

import { newPipeline } from '../../domain/pipeline/create';
import { PipelineEditor } from '../pipelineeditor';
import { OpenPipeline } from './openpipeline';

describe('PipelineEditor', () => {
  let pipeline: OpenPipeline;
  let text: YFile;
  let editor: PipelineEditor;

  const titles = () => editor.view.steps.map(({ title }) => title);
  const idOf = (title: string) =>
    editor.view.steps.find(step => step.title === title)?.step ?? '';
  const document = () =>
    JSON.parse(text.getSource()) as {
      steps: Record<string, { [key: string]: unknown }>;
    };

  beforeEach(() => {
    pipeline = new OpenPipeline();
    ({ text } = pipeline);
    editor = pipeline.open();
  });

  afterEach(() => {
    editor.dispose();
    text.dispose();
  });

  it('makes nothing dirty by opening', () => {
    expect(text.dirty).toBe(false);
    expect(editor.doc.state.canUndo).toBe(false);
  });

  it('adds steps for files, one step of the history, side by side', () => {
    editor.addFiles(['demo/a.ipynb', 'demo/b.py', 'other/a.ipynb']);
    expect(titles()).toEqual(['a', 'b', 'a (2)']);
    expect(editor.view.steps.map(({ file }) => file)).toEqual([
      'a.ipynb',
      'b.py',
      '../other/a.ipynb'
    ]);
    expect(editor.view.state.selected.size).toBe(3);
    expect(text.dirty).toBe(true);
    editor.doc.undo();
    expect(titles()).toEqual([]);
    expect(editor.view.state.selected.size).toBe(0);
    expect(editor.doc.state).toMatchObject({ canUndo: false, canRedo: true });
    editor.doc.redo();
    expect(titles()).toHaveLength(3);
  });

  it('makes each act one step of the history, however quick they are', () => {
    editor.addFiles(['demo/a.ipynb']);
    editor.setTitle(idOf('a'), 'First');
    editor.nudge({ x: 10, y: 0 });
    editor.doc.undo();
    expect(titles()).toEqual(['First']);
    editor.doc.undo();
    expect(titles()).toEqual(['a']);
  });

  it('refuses connections that are there or close a circle', () => {
    editor.addFiles(['demo/a.ipynb', 'demo/b.py', 'demo/c.py']);
    const [a, b, c] = ['a', 'b', 'c'].map(idOf);
    expect(editor.connect({ from: a, to: b })).toBe(true);
    expect(editor.connect({ from: b, to: c })).toBe(true);
    const before = text.getSource();
    expect(editor.view.refusal(c, a)).toBe('circle');
    expect(editor.view.refusal(a, b)).toBe('twice');
    expect(editor.view.refusal(a, a)).toBe('same');
    expect(editor.connect({ from: c, to: a })).toBe(false);
    expect(text.getSource()).toBe(before);
  });

  it('removes a step with what leads to and from it, and selects a neighbour', () => {
    editor.addFiles(['demo/a.ipynb', 'demo/b.py', 'demo/c.py']);
    const [a, b, c] = ['a', 'b', 'c'].map(idOf);
    editor.connect({ from: a, to: b });
    editor.connect({ from: b, to: c });
    editor.view.select([b]);
    editor.remove();
    expect(titles()).toEqual(['a', 'c']);
    expect(editor.view.steps[1].incoming).toEqual([]);
    expect([...editor.view.state.selected]).toEqual([c]);
  });

  it('removes a connection that is selected, and no step', () => {
    editor.addFiles(['demo/a.ipynb', 'demo/b.py']);
    const connection = { from: idOf('a'), to: idOf('b') };
    editor.connect(connection);
    editor.view.selectConnection(connection);
    editor.remove();
    expect(editor.view.steps[1].incoming).toEqual([]);
    expect(titles()).toEqual(['a', 'b']);
    expect(editor.view.state.connection).toBeNull();
  });

  it('pastes steps into a pipeline of another folder, with what is theirs', () => {
    editor.addFiles(['demo/a.ipynb', 'demo/b.py']);
    editor.connect({ from: idOf('a'), to: idOf('b') });
    editor.texts.type(idOf('b'), '{"x": 1.0}');
    editor.setKernelspec(idOf('b'), 'python3');
    editor.view.selectAll();
    editor.copy();
    const elsewhere = YFile.create();
    elsewhere.setSource(newPipeline('', 'other-uuid'));
    const other = pipeline.open(elsewhere, () => 'else/where.orchest');
    other.paste();
    const [a, b] = other.view.steps;
    expect([a.file, b.file]).toEqual(['../demo/a.ipynb', '../demo/b.py']);
    expect(b.incoming).toEqual([a.step]);
    expect(b).toMatchObject({
      parameters: '{"x": 1.0}',
      kernelspec: 'python3'
    });
    expect(a.step).not.toBe(idOf('a'));
    other.dispose();
    elsewhere.dispose();
  });

  it('duplicates steps with new ids and titles', () => {
    editor.addFiles(['demo/a.ipynb', 'demo/b.py']);
    editor.connect({ from: idOf('a'), to: idOf('b') });
    editor.view.selectAll();
    editor.duplicate();
    expect(titles()).toEqual(['a', 'b', 'a (2)', 'b (2)']);
    expect(editor.view.steps[3].incoming).toEqual([idOf('a (2)')]);
    const { steps } = document();
    Object.entries(steps).forEach(([id, step]) => expect(step.uuid).toBe(id));
  });

  it('reorders what a step waits for', () => {
    editor.addFiles(['demo/a.ipynb', 'demo/b.py', 'demo/c.py']);
    const [a, b, c] = ['a', 'b', 'c'].map(idOf);
    editor.connect({ from: a, to: c });
    editor.connect({ from: b, to: c });
    const step = () => editor.view.steps[2];
    editor.reorder(step(), b, -1);
    expect(step().incoming).toEqual([b, a]);
    editor.reorder(step(), b, -1);
    expect(step().incoming).toEqual([b, a]);
  });

  it('asks for each folder once, and knows which files are missing', async () => {
    editor.addFiles(['demo/a.ipynb', 'demo/gone.py', 'demo/b.py']);
    await Promise.resolve();
    await Promise.resolve();
    expect(pipeline.listed).toEqual(['demo']);
    const missing = editor.view.steps.filter(step =>
      editor.files.isMissing(editor.fileOf(step) ?? '')
    );
    expect(missing.map(({ title }) => title)).toEqual(['gone']);
    editor.files.renew('demo');
    expect(pipeline.listed).toEqual(['demo', 'demo']);
  });

  it('keeps the last graph when the text breaks, and edits nothing until it is mended', () => {
    editor.addFiles(['demo/a.ipynb', 'demo/b.py']);
    const whole = text.getSource();
    const comma = whole.indexOf(',');
    text.updateSource(comma, comma + 1, '');
    expect(editor.doc.state).toMatchObject({ broken: true, canMend: true });
    expect(titles()).toEqual(['a', 'b']);
    const broken = text.getSource();
    editor.setTitle(idOf('a'), 'No');
    expect(text.getSource()).toBe(broken);
    editor.doc.mend();
    expect(text.getSource()).toBe(whole);
    expect(editor.doc.canEdit).toBe(true);
  });

  it('keeps edits that two people make at once to different steps', () => {
    editor.addFiles(['demo/a.ipynb', 'demo/b.py']);
    const [a, b] = ['a', 'b'].map(idOf);
    const theirs = YFile.create();
    Y.applyUpdate(theirs.ydoc, Y.encodeStateAsUpdate(text.ydoc));
    const other = pipeline.open(theirs);
    editor.setTitle(a, 'Mine');
    editor.texts.type(a, '{"mine": 1}');
    other.setTitle(b, 'Theirs');
    other.connect({ from: a, to: b });
    Y.applyUpdate(theirs.ydoc, Y.encodeStateAsUpdate(text.ydoc));
    Y.applyUpdate(text.ydoc, Y.encodeStateAsUpdate(theirs.ydoc));
    expect(text.getSource()).toBe(theirs.getSource());
    expect(titles()).toEqual(['Mine', 'Theirs']);
    expect(editor.view.steps[0].parameters).toBe('{"mine": 1}');
    expect(editor.view.steps[1].incoming).toEqual([a]);
    // Undo takes back what is mine, and nothing else.
    editor.doc.undo();
    editor.doc.undo();
    expect(titles()).toEqual(['a', 'Theirs']);
    other.dispose();
    theirs.dispose();
  });

  it('keeps steps that two people add at once, or can mend what that breaks', () => {
    editor.addFiles(['demo/a.ipynb']);
    const theirs = YFile.create();
    Y.applyUpdate(theirs.ydoc, Y.encodeStateAsUpdate(text.ydoc));
    const other = pipeline.open(theirs);
    editor.addFiles(['demo/mine.py']);
    other.addFiles(['demo/theirs.py']);
    Y.applyUpdate(theirs.ydoc, Y.encodeStateAsUpdate(text.ydoc));
    Y.applyUpdate(text.ydoc, Y.encodeStateAsUpdate(theirs.ydoc));
    editor.doc.mend();
    expect(titles().sort()).toEqual(['a', 'mine', 'theirs']);
    other.dispose();
    theirs.dispose();
  });

  it('keeps what two people add to an empty pipeline at once', () => {
    const theirs = YFile.create();
    Y.applyUpdate(theirs.ydoc, Y.encodeStateAsUpdate(text.ydoc));
    const other = pipeline.open(theirs);
    editor.addFiles(['demo/mine.py']);
    other.addFiles(['demo/theirs.py']);
    Y.applyUpdate(theirs.ydoc, Y.encodeStateAsUpdate(text.ydoc));
    Y.applyUpdate(text.ydoc, Y.encodeStateAsUpdate(theirs.ydoc));
    editor.doc.mend();
    expect(editor.doc.state.broken).toBe(false);
    expect(titles().sort()).toEqual(['mine', 'theirs']);
    other.dispose();
    theirs.dispose();
  });

  it('walks along connections, else to what is beside', () => {
    editor.addFiles(['demo/a.ipynb', 'demo/b.py', 'demo/c.py']);
    const [a, b, c] = ['a', 'b', 'c'].map(idOf);
    editor.connect({ from: a, to: c });
    expect(editor.view.walk(a, 'ArrowRight')).toBe(c);
    expect(editor.view.walk(c, 'ArrowLeft')).toBe(a);
    expect(editor.view.walk(b, 'ArrowLeft')).toBe(a);
    expect([...editor.view.state.selected]).toEqual([a]);
  });

  it('proposes a step to connect to that it may be connected to', () => {
    editor.addFiles(['demo/a.ipynb', 'demo/b.py', 'demo/c.py']);
    const [a, b, c] = ['a', 'b', 'c'].map(idOf);
    editor.connect({ from: a, to: b });
    editor.view.startConnecting(a);
    expect(editor.view.state.connecting).toEqual({ from: a, to: c });
    editor.view.aim('ArrowLeft');
    expect(editor.view.state.connecting).toEqual({ from: a, to: b });
    editor.view.stopConnecting();
    expect(editor.view.state.connecting).toBeNull();
  });
});
