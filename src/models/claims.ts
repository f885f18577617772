/** Which of several windows does something that only one should do. */

import { UUID } from '@lumino/coreutils';

import { SharedStorage } from './storage';

const CLAIM = 'claim ';
/** Until writes of other windows can be seen. */
const SETTLE_MS = 150;
/** The window that is looked at goes first. */
const BEHIND_MS = 600;
const DAY_MS = 86_400_000;

export class Claims {
  constructor(
    private readonly _storage: SharedStorage,
    private readonly _hasFocus: () => boolean = () => document.hasFocus()
  ) {
    for (const key of _storage.keys(CLAIM)) {
      const [at] = (_storage.get(CLAIM + key) ?? '').split(' ');
      if (!(Date.now() - Number(at) < DAY_MS)) {
        _storage.remove(CLAIM + key);
      }
    }
  }

  /** Whether it is up to this window; each thing to one window, once. */
  async take(thing: string): Promise<boolean> {
    if (this._asked.has(thing)) {
      return false;
    }
    this._asked.add(thing);
    if (!this._hasFocus()) {
      await pause(BEHIND_MS);
    }
    const key = CLAIM + thing;
    const mine = `${Date.now()} ${this._me}`;
    if (this._storage.get(key) !== null) {
      return false;
    }
    if (!this._storage.set(key, mine)) {
      return true; // Nobody can be asked: better twice than never.
    }
    // Another window may write at the same time; the last one wins, and all see who that was.
    await pause(SETTLE_MS);
    return this._storage.get(key) === mine;
  }

  private readonly _me = UUID.uuid4();
  private _asked = new Set<string>();
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
