/** A pipeline that can be opened, in a folder that is in memory. */

import { YFile } from '@jupyter/ydoc';
import { nullTranslator } from '@jupyterlab/translation';

import { baseName } from '../../domain/paths';
import { newPipeline } from '../../domain/pipeline/create';
import { ParameterTexts } from '../parametertexts';
import { PipelineDoc } from '../pipelinedoc';
import { PipelineEditor } from '../pipelineeditor';
import { PipelineView } from '../pipelineview';
import { Schemas } from '../schemas';
import { StepFiles } from '../stepfiles';
import { FakeBrowser } from './browser';

/** What was asked for is there. */
export const settled = () => new Promise(resolve => setTimeout(resolve));

export class OpenPipeline {
  constructor() {
    this.text.setSource(newPipeline('', 'the-uuid'));
    this.text.clearUndoHistory();
    this.text.dirty = false;
  }

  /** Open it once more, or another text elsewhere. */
  open(shared = this.text, path = () => this.path): PipelineEditor {
    const trans = nullTranslator.load('');
    const doc = new PipelineDoc(shared, false);
    const files = new StepFiles(folder => {
      this.listed.push(folder);
      return Promise.resolve(['a.ipynb', 'b.py', ...this.schemas.keys()]);
    });
    const schemas = new Schemas(
      files,
      file => Promise.resolve(this.schemas.get(baseName(file)) ?? ''),
      trans
    );
    return new PipelineEditor(
      doc,
      new PipelineView(doc),
      new ParameterTexts(doc, this._storage, path, schemas, trans),
      files,
      schemas,
      path
    );
  }

  readonly text = YFile.create();
  path = 'demo/main.orchest';
  /** The folders that were asked for. */
  readonly listed: string[] = [];
  /** Name → content of the schemas that there are. */
  readonly schemas = new Map<string, string>();

  private readonly _storage = new FakeBrowser().open();
}
