/** Tabs of the main area: one for each thing, and there again after a reload. */

import { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { UUID } from '@lumino/coreutils';

type Args = Readonly<Record<string, string>>;

export interface ITabs<T extends MainAreaWidget> {
  /** The one that was active last. */
  readonly current: T | null;

  /**
   * Bring the tab of a thing to the front; made first if there is none.
   * @param key - names the thing; a new tab has it for its id, unless another tab has that.
   * @param args - with `tab`, the id that the tab had before a reload.
   */
  show(key: string, args: Args, create: () => Promise<T>): Promise<T>;

  has(key: string): boolean;

  /** A tab shows another thing now. Its id stays: the layout knows it by that. */
  moved(tab: T, key: string, args: Args): void;
}

/**
 * @param name - of the kind of tab.
 * @param command - opens one of them with its arguments.
 */
export function trackedTabs<T extends MainAreaWidget>(
  shell: JupyterFrontEnd.IShell,
  restorer: ILayoutRestorer | null,
  name: string,
  command: string
): ITabs<T> {
  const tracker = new WidgetTracker<T>({ namespace: `orchest-jobs-${name}` });
  const argsOf = new WeakMap<T, Args>();
  const keyOf = new WeakMap<T, string>();
  if (restorer !== null) {
    void restorer.restore(tracker, {
      command,
      args: tab => argsOf.get(tab) ?? {},
      name: tab => tab.id
    });
  }
  const find = (key: string) => tracker.find(tab => keyOf.get(tab) === key);
  const place = (tab: T, key: string, args: Args) => {
    keyOf.set(tab, key);
    argsOf.set(tab, { ...args, tab: tab.id });
  };
  return {
    get current() {
      return tracker.currentWidget;
    },
    has: key => find(key) !== undefined,
    moved: (tab, key, args) => {
      place(tab, key, args);
      void tracker.save(tab);
    },
    show: async (key, args, create) => {
      let tab = find(key);
      if (tab === undefined) {
        const fresh = await create();
        // Somebody may have been quicker while the code was being loaded.
        tab = find(key);
        if (tab !== undefined) {
          fresh.dispose();
        } else {
          tab = fresh;
          const wanted = args.tab ?? key;
          const isTaken = tracker.find(({ id }) => id === wanted) !== undefined;
          tab.id = isTaken ? `${key}-${UUID.uuid4()}` : wanted;
          place(tab, key, args);
          shell.add(tab, 'main');
          await tracker.add(tab);
        }
      }
      shell.activateById(tab.id);
      return tab;
    }
  };
}
