/** The JSON schemas that lie beside a pipeline and the files of its steps. */

import { layoutFileOf, schemaFileOf } from '../domain/paths';
import type { ISchemaProblem, Schema, SchemaCheck } from '../domain/schemas';
import type { IFormLayout } from '../domain/uischema';
import { IWords } from '../domain/words';
import { StepFiles } from './stepfiles';
import { Store } from './store';

/** The schema of the parameters of a pipeline or a step. */
export interface IParametersSchema {
  /** Where it is, from the server's root. */
  readonly file: string;
  /** Null: it can't be used. */
  readonly check: SchemaCheck | null;
  /** Why it can't be used; empty if it can. */
  readonly why: string;
  /** How its form is laid out. */
  readonly layout: IFormLayout;
}

/** What a form of the value of one parameter is made by. */
export interface IValueForm {
  readonly schema: Schema;
  readonly layout: IFormLayout;
}

interface ISchemasState {
  /** File of a pipeline or step → its schema. Those that have none are missing. */
  readonly known: ReadonlyMap<string, IParametersSchema>;
}

export class Schemas extends Store<ISchemasState> {
  /**
   * @param _files - tells which schemas there are; shared with whoever made it.
   * @param _read - the text of a file of the server.
   */
  constructor(
    private readonly _files: StepFiles,
    private readonly _read: (path: string) => Promise<string>,
    private readonly _trans: IWords
  ) {
    super({ known: new Map() });
    _files.changed.connect(this._look, this);
  }

  /** The schema for a scope (a step, or the pipeline); null if there is none, or not known yet. */
  of(scope: string): IParametersSchema | null {
    return this.state.known.get(this._scopes.get(scope) ?? '') ?? null;
  }

  /** Why parameters of a scope, as JSON text, are not what its schema allows; null if they are. */
  whyNot(scope: string, text: string): string | null {
    const check = this.of(scope)?.check ?? null;
    const last = this._last.get(scope);
    if (last?.text === text && last.check === check) {
      return last.why;
    }
    const [first] = check?.problems(JSON.parse(text)) ?? [];
    const why = first === undefined ? null : told(first);
    this._last.set(scope, { check, text, why });
    return why;
  }

  /** Why a value of one parameter, as JSON text, is not allowed; null if it is. */
  whyNotValue(scope: string, name: string, text: string): string | null {
    const problems = this.of(scope)?.check?.problemsOf(name, JSON.parse(text));
    return problems === undefined || problems.length === 0
      ? null
      : told({ ...problems[0], path: problems[0].path.slice(1) });
  }

  /** The schema of an object with one parameter only, and its layout; null: there can be no form. */
  formOf(scope: string, name: string): IValueForm | null {
    const known = this.of(scope);
    const schema = known?.check?.formOf(name) ?? null;
    return known === null || schema === null
      ? null
      : { schema, layout: { [name]: known.layout[name] } };
  }

  /** @param scopes - scope → its file, from the server's root. */
  watch(scopes: ReadonlyMap<string, string>): void {
    this._scopes = scopes;
    this._files.watch([...scopes.values()]);
    this._look();
  }

  /** A file was written. */
  renew(file: string): void {
    for (const path of this._asked.keys()) {
      if ([schemaFileOf(path), layoutFileOf(path)].includes(file)) {
        void this._load(path);
      }
    }
  }

  override dispose(): void {
    this._files.changed.disconnect(this._look, this);
    super.dispose();
  }

  private _look(): void {
    const wanted = new Set(this._scopes.values());
    for (const path of wanted) {
      const isNew =
        !this._asked.has(path) ||
        this._files.has(layoutFileOf(path)) !== this._laidOut.has(path);
      if (isNew && this._files.has(schemaFileOf(path))) {
        void this._load(path);
      }
    }
    for (const path of [...this._asked.keys()]) {
      if (!wanted.has(path) || !this._files.has(schemaFileOf(path))) {
        this._asked.delete(path);
        this._keep(path, null);
      }
    }
  }

  private async _load(path: string): Promise<void> {
    const mine = (this._asked.get(path) ?? 0) + 1;
    this._asked.set(path, mine);
    const file = schemaFileOf(path);
    let found: IParametersSchema;
    try {
      const [text, layout, { SchemaCheck }, { layoutIn }] = await Promise.all([
        this._read(file),
        this._layout(path),
        import(/* webpackChunkName: "schemas" */ '../domain/schemas'),
        import(/* webpackChunkName: "schemas" */ '../domain/uischema')
      ]);
      const check = new SchemaCheck(text, this._trans);
      found = { file, check, why: '', layout: layoutIn(layout, check.schema) };
    } catch (reason) {
      const why = reason instanceof Error ? reason.message : String(reason);
      found = { file, check: null, why, layout: {} };
    }
    if (this._asked.get(path) === mine) {
      this._keep(path, found);
    }
  }

  /** What is in the file of a layout; null if there is none, or it can't be read: a form needs none. */
  private async _layout(path: string): Promise<unknown> {
    const file = layoutFileOf(path);
    if (!this._files.has(file)) {
      this._laidOut.delete(path);
      return null;
    }
    this._laidOut.add(path);
    try {
      return JSON.parse(await this._read(file)) as unknown;
    } catch {
      return null;
    }
  }

  private _keep(path: string, schema: IParametersSchema | null): void {
    const known = new Map(this.state.known);
    if (schema !== null) {
      known.set(path, schema);
    } else if (!known.delete(path)) {
      return;
    }
    this.update({ known });
  }

  private _scopes: ReadonlyMap<string, string> = new Map();
  /** File → how often its schema was asked for: the last answer counts. */
  private readonly _asked = new Map<string, number>();
  /** Files that have a layout as well. */
  private readonly _laidOut = new Set<string>();
  /** Scope → what was found last: many views ask for the same. */
  private readonly _last = new Map<
    string,
    { check: SchemaCheck | null; text: string; why: string | null }
  >();
}

function told({ path, message }: ISchemaProblem): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}
