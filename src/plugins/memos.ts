/** What views remember, in JupyterLab's database: it belongs to the workspace. */

import { IStateDB } from '@jupyterlab/statedb';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { IMemo, NO_MEMO } from '../models/memory';

/** @param name - of the view. */
export function memoIn(state: IStateDB | null, name: string): IMemo {
  const key = `jupyter-orchest-jobs:view:${name}`;
  return state === null
    ? NO_MEMO
    : {
        load: () => state.fetch(key),
        save: value => {
          void state.save(key, value as ReadonlyPartialJSONObject);
        },
        forget: () => {
          void state.remove(key);
        }
      };
}
