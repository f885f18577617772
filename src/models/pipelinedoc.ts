/** A pipeline that is open: read from its text, edited in its text. */

import { readPipeline, IPipeline } from '../domain/pipeline/read';
import { IPipelineProblem } from '../domain/pipeline/problems';
import { mended } from '../domain/pipeline/tree';
import { applyTo, Edit, ISharedText, onHistory } from './sharedtext';
import { Store } from './store';

export interface IPipelineDocState {
  /** As the text has it; if that can't be read, as it was last. Null: it never could. */
  readonly pipeline: IPipeline | null;
  /** The text can't be read, and so not be edited here. */
  readonly broken: boolean;
  /** It can be read again with a comma more or less. */
  readonly canMend: boolean;
  readonly problems: readonly IPipelineProblem[];
  readonly readOnly: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export class PipelineDoc extends Store<IPipelineDocState> {
  constructor(
    private readonly _text: ISharedText,
    readOnly: boolean
  ) {
    super({
      pipeline: null,
      broken: false,
      canMend: false,
      problems: [],
      readOnly,
      canUndo: _text.canUndo(),
      canRedo: _text.canRedo()
    });
    this._read();
    _text.changed.connect(this._onChanged, this);
    onHistory(_text, () => this._countSteps());
  }

  get canEdit(): boolean {
    return !this.state.readOnly && !this.state.broken;
  }

  /**
   * Edit the text, as one step of its history.
   *
   * @param joins - belongs to what was done just before, as letters do that are typed.
   * @returns whether anything was changed.
   */
  edit(edits: readonly Edit[], joins = false): boolean {
    return this.canEdit && applyTo(this._text, edits, joins);
  }

  /** Make the text readable again. */
  mend(): void {
    if (!this.state.readOnly && this.state.canMend) {
      applyTo(this._text, [text => mended(text) ?? []]);
    }
  }

  undo(): void {
    if (!this.state.readOnly) {
      this._text.undo();
    }
  }

  redo(): void {
    if (!this.state.readOnly) {
      this._text.redo();
    }
  }

  override dispose(): void {
    this._text.changed.disconnect(this._onChanged, this);
    super.dispose();
  }

  private _onChanged(_: unknown, change: { sourceChange?: unknown }): void {
    if (change.sourceChange !== undefined) {
      this._read();
    }
  }

  private _read(): void {
    const text = this._text.getSource();
    const { pipeline, problems } = readPipeline(text);
    const broken = pipeline === null;
    this.update({
      pipeline: pipeline ?? this.state.pipeline,
      broken,
      canMend: broken && mended(text) !== null,
      problems
    });
  }

  private _countSteps(): void {
    this.update({
      canUndo: this._text.canUndo(),
      canRedo: this._text.canRedo()
    });
  }
}
