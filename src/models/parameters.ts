/** Editing the parameters of a draft: values, and texts that are not values yet. */

import { JsonText, ListsText } from '../api/jsontext';
import { prettyJson, whyNotJson } from '../domain/jsontexts';
import {
  fileIssues,
  formatFile,
  IIssue,
  PIPELINE_SCOPE,
  readFile
} from '../domain/parametersfile';
import { IWords } from '../domain/words';
import { DraftModel } from './draft';
import type { IValueForm, Schemas } from './schemas';
import {
  fromTexts,
  toTexts,
  valuesOf,
  withDefaults,
  withValues
} from './lists';
import { Store } from './store';

/** One value of a parameter, by its place in the list; the place after the last: a new one. */
export interface IPlace {
  readonly scope: string;
  readonly name: string;
  readonly index: number;
}

/** A value that is being written. */
export interface IEdit extends IPlace {
  readonly text: string;
  /** As it was when it was opened. */
  readonly before: string;
}

export interface IParametersState {
  /** Values that are open; those with invalid text stay so. */
  readonly edits: readonly IEdit[];
  /** All parameters as the text of a file; null: they are shown one by one. */
  readonly json: string | null;
  /** Values are written as JSON, also if there could be a form. */
  readonly asJson: boolean;
}

export class ParametersModel extends Store<IParametersState> {
  constructor(
    private readonly _draft: DraftModel,
    private readonly _schemas: Pick<Schemas, 'formOf' | 'whyNotValue'>,
    private readonly _trans: IWords,
    /** Values that were open when the tab was closed. */
    edits: readonly IEdit[] = []
  ) {
    super({ edits, json: null, asJson: false });
  }

  /** Why the job can't be started as it is; empty if it can. */
  get whyNot(): string {
    const { edits, json } = this.state;
    const invalid = edits.find(edit => this.whyNotValue(edit.text, edit));
    if (invalid !== undefined) {
      return whyNotJson(invalid.text, this._trans) !== null
        ? this._trans.__('a value of “%1” is not valid JSON', invalid.name)
        : this._trans.__(
            'a value of “%1” is not as its schema says',
            invalid.name
          );
    }
    return json !== null && this.issues(json).length > 0
      ? this._trans.__('the parameters as JSON have errors')
      : '';
  }

  /** Why a text can't be a value of a parameter: no JSON, or not what the schema allows. */
  whyNotValue(
    text: string,
    { scope, name }: Pick<IPlace, 'scope' | 'name'>
  ): string | null {
    return (
      whyNotJson(text, this._trans) ??
      this._schemas.whyNotValue(scope, name, text)
    );
  }

  /** What a form of a value is made by; null: there can be none. */
  formOf({ scope, name }: Pick<IPlace, 'scope' | 'name'>): IValueForm | null {
    return this._schemas.formOf(scope, name);
  }

  showJson(asJson: boolean): void {
    this.update({ asJson });
  }

  find(place: IPlace): IEdit | undefined {
    return this.state.edits.find(edit => isAt(edit, place));
  }

  /** Open a value for editing. */
  open(place: IPlace): void {
    if (this.find(place) === undefined) {
      const value = this._values(place)[place.index];
      const text = value === undefined ? '' : prettyJson(value.text);
      const edit = { ...place, text, before: text };
      this.update({ edits: [...this.state.edits, edit] });
    }
  }

  /** A parameter that is not there yet: its first value is opened. @returns why not, or null. */
  add(scope: string, name: string): string | null {
    const trimmed = name.trim();
    if (trimmed === '') {
      return this._trans.__('Give it a name.');
    }
    if (valuesOf(this._lists, scope, trimmed).length > 0) {
      return this._trans.__('“%1” is here already.', trimmed);
    }
    this.open({ scope, name: trimmed, index: 0 });
    return null;
  }

  /** Take over what is being written. */
  type(place: IPlace, text: string): void {
    const edits = this.state.edits.map(edit =>
      isAt(edit, place) ? { ...edit, text } : edit
    );
    this.update({ edits });
  }

  /** Close a value: kept if it is valid, else it stays open. @returns whether it was closed. */
  commit(place: IPlace): boolean {
    const edit = this.find(place);
    if (edit === undefined) {
      return true;
    }
    if (edit.text.trim() === '' && edit.before === '') {
      this.cancel(place); // A new value that nobody has written.
      return true;
    }
    if (this.whyNotValue(edit.text, edit) !== null) {
      return false;
    }
    this.cancel(place);
    if (edit.text !== edit.before) {
      const values = [...this._values(place)];
      values.splice(place.index, 1, new JsonText(edit.text.trim()));
      this._set(place, values);
    }
    return true;
  }

  /** Close a value as it was. */
  cancel(place: IPlace): void {
    const edits = this.state.edits.filter(edit => !isAt(edit, place));
    this.update({ edits });
  }

  /** Take a value out. The last one stays: a list without values gives no runs. */
  removeValue(place: IPlace): boolean {
    const values = this._values(place);
    if (values.length < 2 || place.index >= values.length) {
      return false;
    }
    this._rearrange(
      place,
      values.filter((_, index) => index !== place.index),
      index =>
        index === place.index ? null : index > place.index ? index - 1 : index
    );
    return true;
  }

  /** Put the same value beside it once more, to be changed. */
  duplicateValue(place: IPlace): void {
    const values = [...this._values(place)];
    values.splice(place.index, 0, values[place.index]);
    this._rearrange(place, values, index =>
      index >= place.index + 1 ? index + 1 : index
    );
  }

  /** Move a value to another place of its list. @returns where it is now. */
  moveValue(place: IPlace, to: number): number {
    const values = [...this._values(place)];
    const target = Math.max(0, Math.min(values.length - 1, to));
    if (target !== place.index && place.index < values.length) {
      const [value] = values.splice(place.index, 1);
      values.splice(target, 0, value);
      const order = this._values(place).map((_, index) => index);
      order.splice(target, 0, ...order.splice(place.index, 1));
      this._rearrange(place, values, index => {
        const now = order.indexOf(index);
        return now < 0 ? index : now;
      });
    }
    return target;
  }

  /** Take out a parameter that the pipeline doesn't have, or give it its default again. */
  reset(scope: string, name: string): void {
    const text = this._draft.state.shown?.parameters.find(
      parameter => parameter.scope === scope && parameter.name === name
    )?.default;
    const values = typeof text === 'string' ? [new JsonText(text)] : null;
    this._closeAll(scope, name);
    this._draft.change({
      parameters: withValues(this._lists, scope, name, values)
    });
  }

  /** Show all parameters as one text. */
  openJson(): void {
    this.update({ json: formatFile(toTexts(this._lists)) });
  }

  typeJson(json: string): void {
    this.update({ json });
  }

  /** What is wrong with the parameters as one text. */
  issues(json: string): IIssue[] {
    const steps = this._draft.state.shown?.steps ?? [];
    const scopes = new Set([PIPELINE_SCOPE, ...steps.map(step => step.step)]);
    return fileIssues(json, scopes, this._trans);
  }

  /** Take over the text if nothing is wrong with it; it stays open. @returns whether it was. */
  applyJson(): boolean {
    const { json } = this.state;
    const job = this._draft.state.shown;
    if (json === null || job === null) {
      return true;
    }
    if (this.issues(json).length > 0) {
      return false;
    }
    if (json !== formatFile(toTexts(this._lists))) {
      const lists = fromTexts(readFile(json));
      this._draft.change({ parameters: withDefaults(lists, job) });
    }
    return true;
  }

  closeJson(): void {
    this.update({ json: null });
  }

  /** Forget what is written and not kept. */
  revert(): void {
    this.update({ edits: [], json: null });
  }

  private get _lists(): ListsText {
    return this._draft.state.lists;
  }

  private _values({ scope, name }: IPlace): readonly JsonText[] {
    return valuesOf(this._lists, scope, name);
  }

  private _set({ scope, name }: IPlace, values: readonly JsonText[]): void {
    this._draft.change({
      parameters: withValues(this._lists, scope, name, values)
    });
  }

  /** Change the order of values; those that are open go with theirs. */
  private _rearrange(
    place: IPlace,
    values: readonly JsonText[],
    placeOf: (index: number) => number | null
  ): void {
    const edits = this.state.edits.flatMap(edit => {
      if (edit.scope !== place.scope || edit.name !== place.name) {
        return [edit];
      }
      const index = placeOf(edit.index);
      return index === null ? [] : [{ ...edit, index }];
    });
    this.update({ edits });
    this._set(place, values);
  }

  private _closeAll(scope: string, name: string): void {
    const edits = this.state.edits.filter(
      edit => edit.scope !== scope || edit.name !== name
    );
    this.update({ edits });
  }
}

function isAt(edit: IPlace, place: IPlace): boolean {
  return (
    edit.scope === place.scope &&
    edit.name === place.name &&
    edit.index === place.index
  );
}
