/** What was done to a draft, so that it can be undone. */

import { IJobChanges } from '../api/types';

interface IEdit {
  readonly before: IJobChanges;
  readonly after: IJobChanges;
  readonly at: number;
}

/** Edits of the same field in quick succession are one: a name is typed, not spelled. */
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
    const at = this._now();
    const last = this._done[this._done.length - 1];
    const joins =
      last !== undefined &&
      after.name !== undefined &&
      sameKeys(last.after, after) &&
      at - last.at < TOGETHER_MS;
    if (joins) {
      this._done[this._done.length - 1] = { before: last.before, after, at };
    } else {
      this._done = [...this._done.slice(1 - MOST), { before, after, at }];
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

function sameKeys(one: IJobChanges, other: IJobChanges): boolean {
  return Object.keys(one).join() === Object.keys(other).join();
}
