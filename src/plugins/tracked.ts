/** Tabs of the main area: one for each thing, and there again after a reload. */

import { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';

type Args = Readonly<Record<string, string>>;

export interface ITabs<T extends MainAreaWidget> {
  /** The one that was active last. */
  readonly current: T | null;

  /** Bring the tab with an id to the front; made first if there is none. */
  show(id: string, args: Args, create: () => Promise<T>): Promise<T>;

  has(id: string): boolean;

  /** A tab shows another thing now. */
  moved(tab: T, id: string, args: Args): void;
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
  if (restorer !== null) {
    void restorer.restore(tracker, {
      command,
      args: tab => argsOf.get(tab) ?? {},
      name: tab => tab.id
    });
  }
  const find = (id: string) => tracker.find(known => known.id === id);
  return {
    get current() {
      return tracker.currentWidget;
    },
    has: id => find(id) !== undefined,
    moved: (tab, id, args) => {
      tab.id = id;
      argsOf.set(tab, args);
      void tracker.save(tab);
    },
    show: async (id, args, create) => {
      let tab = find(id);
      if (tab === undefined) {
        const fresh = await create();
        // Somebody may have been quicker while the code was being loaded.
        tab = find(fresh.id);
        if (tab !== undefined) {
          fresh.dispose();
        } else {
          tab = fresh;
          argsOf.set(tab, args);
          shell.add(tab, 'main');
          await tracker.add(tab);
        }
      }
      shell.activateById(tab.id);
      return tab;
    }
  };
}
