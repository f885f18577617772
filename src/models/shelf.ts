/** What tabs leave behind that are closed before everything in them is saved. */

import { IJobChanges } from '../api/types';
import type { IEdit } from './parameters';

/** What a user had written and the server hasn't got. */
interface ILeft {
  readonly changes: IJobChanges;
  readonly edits: readonly IEdit[];
}

/** What is left when a tab is closed, for the next time that its job is opened. */
export class Shelf {
  take(job: string): ILeft | undefined {
    const left = this._left.get(job);
    this._left.delete(job);
    return left;
  }

  put(job: string, left: ILeft): void {
    this._left.set(job, left);
  }

  private _left = new Map<string, ILeft>();
}
