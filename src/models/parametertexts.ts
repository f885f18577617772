/**
 * Parameters that are being written. What is valid is in the pipeline at once; what isn't yet is
 * kept here, also when the tab or the browser is closed: it is neither saved nor lost.
 */

import { kindAt, whyNotJson } from '../domain/jsontexts';
import { PIPELINE_SCOPE } from '../domain/parametersfile';
import {
  setPipelineParameters,
  setStepParameters
} from '../domain/pipeline/edits';
import { IPipeline, IPipelineStep } from '../domain/pipeline/read';
import { IWords } from '../domain/words';
import { PipelineDoc } from './pipelinedoc';
import { Schemas } from './schemas';
import { Store } from './store';

/** Where texts are kept. */
export interface ITextShelf {
  get(key: string): string | null;
  set(key: string, value: string): boolean;
  remove(key: string): void;
  keys(start: string): string[];
}

interface ITyped {
  readonly text: string;
  /** What the pipeline had after this was put into it; null: it can't be put into it. */
  readonly put: string | null;
}

interface IParameterTextsState {
  /** Scope (a step, or the pipeline) → what is being written. */
  readonly typed: ReadonlyMap<string, ITyped>;
}

export class ParameterTexts extends Store<IParameterTextsState> {
  constructor(
    private readonly _doc: PipelineDoc,
    private readonly _shelf: ITextShelf,
    private readonly _path: () => string,
    private readonly _schemas: Schemas,
    private readonly _trans: IWords
  ) {
    super({ typed: new Map() });
    this._shelved = shelvedAt(_path());
    const start = this._shelved;
    this.update({
      typed: new Map(
        _shelf
          .keys(start)
          .map(scope => [
            scope,
            { text: _shelf.get(start + scope) ?? '', put: null }
          ])
      )
    });
    _doc.changed.connect(this._onDoc, this);
  }

  /** What to show: what is being written, else what the pipeline has. */
  textOf(scope: string): string {
    return this.state.typed.get(scope)?.text ?? this._inDoc(scope);
  }

  /** Why what is being written is not in the pipeline; empty if it is. */
  why(scope: string): string {
    const typed = this.state.typed.get(scope);
    return typed === undefined || typed.put !== null
      ? ''
      : (this.whyNot(scope, typed.text) ?? this._trans.__('It is valid now.'));
  }

  /** What is being written can be put into the pipeline by now. */
  canPut(scope: string): boolean {
    const typed = this.state.typed.get(scope);
    return (
      this._doc.canEdit &&
      typed?.put === null &&
      this.whyNot(scope, typed.text) === null
    );
  }

  /** Why a text can't be the parameters of a scope; null if it can. */
  whyNot(scope: string, text: string): string | null {
    return this.whyNotObject(text) ?? this._schemas.whyNot(scope, text);
  }

  /** Why a text is no JSON object; null if it is one. */
  whyNotObject(text: string): string | null {
    return (
      whyNotJson(text, this._trans) ??
      (kindAt(text) === 'object'
        ? null
        : this._trans.__('Parameters are an object: {"name": value, …}'))
    );
  }

  /** The scopes whose text can't be put into the pipeline; a step that is gone may come back. */
  get invalid(): string[] {
    return [...this.state.typed.keys()].filter(
      scope =>
        this.why(scope) !== '' &&
        placeIn(this._doc.state.pipeline, scope) !== undefined
    );
  }

  type(scope: string, text: string): void {
    if (text === this.textOf(scope) && !this.canPut(scope)) {
      return;
    }
    if (this.whyNot(scope, text) !== null || !this._doc.canEdit) {
      this._keep(scope, { text, put: null });
      this._shelf.set(this._key(scope), text);
      return;
    }
    this._shelf.remove(this._key(scope));
    // Known before the document tells of it.
    this._typing = scope;
    this._doc.edit(
      [
        old =>
          scope === PIPELINE_SCOPE
            ? setPipelineParameters(old, text)
            : setStepParameters(old, scope, text)
      ],
      true
    );
    this._typing = null;
    this._keep(scope, { text, put: this._inDoc(scope) });
  }

  /** Nobody writes there any more: what is valid is shown as the pipeline has it. */
  leave(scope: string): void {
    const typed = this.state.typed.get(scope);
    if (typed !== undefined && typed.put !== null) {
      this._keep(scope, null);
    }
  }

  /** Go back to what the pipeline has. */
  restore(scope: string): void {
    this._shelf.remove(this._key(scope));
    this._keep(scope, null);
  }

  /** The pipeline has another path: what is kept is found there when it is opened again. */
  moved(): void {
    const former = this._shelved;
    this._shelved = shelvedAt(this._path());
    for (const [scope, { text, put }] of this.state.typed) {
      if (put === null) {
        this._shelf.remove(former + scope);
        this._shelf.set(this._key(scope), text);
      }
    }
  }

  override dispose(): void {
    this._doc.changed.disconnect(this._onDoc, this);
    super.dispose();
  }

  /** Undone, or written by somebody else: that is shown, unless something would be lost. */
  private _onDoc(): void {
    for (const [scope, { put }] of this.state.typed) {
      if (
        scope !== this._typing &&
        put !== null &&
        put !== this._inDoc(scope)
      ) {
        this._keep(scope, null);
      }
    }
  }

  private _keep(scope: string, typed: ITyped | null): void {
    const all = new Map(this.state.typed);
    if (typed === null) {
      all.delete(scope);
    } else {
      all.set(scope, typed);
    }
    this.update({ typed: all });
  }

  private _inDoc(scope: string): string {
    return placeIn(this._doc.state.pipeline, scope)?.parameters ?? '{}';
  }

  private _key(scope: string): string {
    return this._shelved + scope;
  }

  /** What the keys on the shelf begin with. */
  private _shelved: string;
  private _typing: string | null = null;
}

function shelvedAt(path: string): string {
  return `pipeline-text:${path}:`;
}

/** The step, or the pipeline, whose parameters a scope means; undefined if it is not there. */
function placeIn(
  pipeline: IPipeline | null,
  scope: string
): IPipeline | IPipelineStep | undefined {
  return scope === PIPELINE_SCOPE
    ? (pipeline ?? undefined)
    : pipeline?.steps.find(({ step }) => step === scope);
}
