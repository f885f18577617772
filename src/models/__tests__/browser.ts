/** A browser whose windows share their storage, as real ones do. */

import { SharedStorage } from '../storage';

class FakeStorage {
  getItem(key: string): string | null {
    return Object.prototype.hasOwnProperty.call(this, key)
      ? ((this as Record<string, unknown>)[key] as string)
      : null;
  }

  setItem(key: string, value: string): void {
    Object.assign(this, { [key]: value });
  }

  removeItem(key: string): void {
    delete (this as Record<string, unknown>)[key];
  }
}

type Listener = (event: { key: string | null }) => void;

export class FakeBrowser {
  /** Whether writing fails. */
  forbidden = false;

  /** The storage of another window; writes are seen by the others. */
  open(scope = '/'): SharedStorage {
    const listeners: Listener[] = [];
    this._windows.push(listeners);
    const write = (act: () => void, key: string) => {
      act();
      const others = this._windows.filter(other => other !== listeners);
      others.flat().forEach(listener => listener({ key }));
    };
    const kept = this._kept;
    const storage = new Proxy(kept, {
      get: (_, name) => {
        if (this.forbidden) {
          throw new Error('Storage is forbidden.');
        }
        return name === 'setItem'
          ? (key: string, value: string) =>
              write(() => kept.setItem(key, value), key)
          : name === 'removeItem'
            ? (key: string) => write(() => kept.removeItem(key), key)
            : kept.getItem.bind(kept);
      }
    });
    return new SharedStorage(scope, {
      localStorage: storage as unknown as Storage,
      addEventListener: (_: string, listener: unknown) => {
        listeners.push(listener as Listener);
      }
    });
  }

  private _kept = new FakeStorage();
  private _windows: Listener[][] = [];
}
