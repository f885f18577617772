/** What was done to a draft, so that it can be undone. */

import { IJobChanges } from '../api/types';

interface IEdit {
  readonly before: IJobChanges;
  readonly after: IJobChanges;
  readonly at: number;
}

/** Edits of the same field in quick succession are one: it is typed, not spelled. */
const TOGETHER_MS = 1_000;
const MOST = 100;

export class History {
  constructor(private readonly _now: () => number = Date.now) {}

  get canUndo(): boolean {
    return this._done.length > 0;
  }

  get canRedo(): boolean {
    return this._undone.length > 0;
  }

  /** Note an edit: what it sets, and what was there before. */
  add(before: IJobChanges, after: IJobChanges): void {
    if (Object.keys(before).length === 0) {
      return; // Secrets: what was there before isn't known.
    }
    const edit = { before, after, at: this._now() };
    const last = this._done[this._done.length - 1];
    const joins =
      last !== undefined &&
      edit.at - last.at < TOGETHER_MS &&
      typedInto(edit) !== null &&
      typedInto(edit) === typedInto(last);
    if (joins) {
      this._done[this._done.length - 1] = { ...edit, before: last.before };
    } else {
      this._done = [...this._done.slice(1 - MOST), edit];
    }
    this._undone = [];
  }

  /** The changes that take back the last edit; null if there is none. */
  undo(): IJobChanges | null {
    const edit = this._done.pop();
    if (edit === undefined) {
      return null;
    }
    this._undone.push(edit);
    return edit.before;
  }

  /** The changes that do again what was undone last. */
  redo(): IJobChanges | null {
    const edit = this._undone.pop();
    if (edit === undefined) {
      return null;
    }
    this._done.push(edit);
    return edit.after;
  }

  clear(): void {
    this._done = [];
    this._undone = [];
  }

  private _done: IEdit[] = [];
  private _undone: IEdit[] = [];
}

/** The only field that an edit changes; null if there are several, or if it can't be typed into. */
function typedInto({ before, after }: IEdit): string | null {
  const [field, ...others] = Object.keys(after);
  if (others.length > 0) {
    return null;
  }
  switch (field) {
    case 'name':
      return field;
    case 'schedule':
      // Another kind of schedule is chosen, not typed.
      return before.schedule?.kind === after.schedule?.kind ? field : null;
    case 'policies': {
      const old: Readonly<Record<string, unknown>> = before.policies ?? {};
      const changed = Object.entries(after.policies ?? {}).filter(
        ([name, value]) => old[name] !== value
      );
      return changed.length === 1 ? changed[0][0] : null;
    }
    default:
      return null;
  }
}
