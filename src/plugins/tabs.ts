/** The tabs of jobs, runs and rendered notebooks. Their code is loaded when the first one opens. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  IThemeManager,
  MainAreaWidget,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { notebookIcon } from '@jupyterlab/ui-components';

import { jobsIcon, runIcon } from '../components/icons';
import { Shelf } from '../models/shelf';
import type { JobContent } from '../views/job';
import { stringArg, stringArgs } from './args';
import { CommandIDs, IOrchestJobs } from './tokens';

export const tabsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:tabs',
  description: 'Opens jobs, runs and rendered notebooks in tabs.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [ILayoutRestorer, ICommandPalette, IThemeManager, IEditorServices],
  activate: (
    app: JupyterFrontEnd,
    service: IOrchestJobs,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    themes: IThemeManager | null,
    editors: IEditorServices | null
  ): void => {
    const { client, jobs, runs, trans } = service;
    const { commands, shell } = app;
    const shelf = new Shelf();
    const newEditor = editors?.factoryService.newInlineEditor ?? null;

    /** Show the tab of a thing; there is one for each. */
    const tabs = <T extends MainAreaWidget>(name: string, command: string) => {
      const tracker = new WidgetTracker<T>({
        namespace: `orchest-jobs-${name}`
      });
      const argsOf = new Map<string, Record<string, string>>();
      if (restorer !== null) {
        void restorer.restore(tracker, {
          command,
          args: tab => argsOf.get(tab.id) ?? {},
          name: tab => tab.id
        });
      }
      return async (
        id: string,
        args: Record<string, string>,
        create: () => Promise<T>
      ): Promise<T> => {
        let tab = tracker.find(known => known.id === id);
        if (tab === undefined) {
          const fresh = await create();
          // Somebody may have been quicker while the code was being loaded.
          tab = tracker.find(known => known.id === fresh.id);
          if (tab !== undefined) {
            fresh.dispose();
          } else {
            tab = fresh;
            argsOf.set(tab.id, args);
            tab.disposed.connect(() => argsOf.delete(fresh.id));
            shell.add(tab, 'main');
            await tracker.add(tab);
          }
        }
        shell.activateById(tab.id);
        return tab;
      };
    };

    const showJob = tabs<MainAreaWidget<JobContent>>(
      'jobs',
      CommandIDs.openJob
    );
    const showRun = tabs('runs', CommandIDs.openRun);
    const showNotebook = tabs('notebooks', CommandIDs.openNotebook);

    commands.addCommand(CommandIDs.openJob, {
      label: trans.__('Open job'),
      caption: trans.__('Open this job with its runs'),
      icon: jobsIcon,
      describedBy: stringArgs({
        id: trans.__('Id of the job; without it, the one selected in the list'),
        mode: trans.__('“edit” to edit a job that is active')
      }),
      isEnabled: args =>
        (stringArg(args, 'id') ?? jobs.state.selected) !== null,
      execute: async args => {
        const id = stringArg(args, 'id') ?? jobs.state.selected;
        if (id !== null) {
          const name = `jp-orchest-job-${id}`;
          const tab = await showJob(name, { id }, async () => {
            const { createJobTab } = await import(
              /* webpackChunkName: "job-tab" */ '../views/job'
            );
            return createJobTab({ ...service, id, shelf, newEditor });
          });
          if (args.mode === 'edit') {
            tab.content.edit();
          }
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.openJob,
      category: trans.__('Jobs')
    });

    commands.addCommand(CommandIDs.openRun, {
      label: trans.__('View pipeline'),
      caption: trans.__('Open this run with its steps, logs and notebooks'),
      icon: runIcon,
      describedBy: stringArgs({
        id: trans.__(
          'Id of the run; without it, the one pointed at in the table'
        )
      }),
      isEnabled: args => (stringArg(args, 'id') ?? runs.state.pointed) !== null,
      execute: async args => {
        const id = stringArg(args, 'id') ?? runs.state.pointed?.id;
        if (id !== undefined) {
          await showRun(`jp-orchest-run-${id}`, { id }, async () => {
            const { createRunTab } = await import(
              /* webpackChunkName: "run-tab" */ '../views/run'
            );
            return createRunTab({ ...service, id });
          });
        }
      }
    });

    commands.addCommand(CommandIDs.openNotebook, {
      label: trans.__('Open executed notebook'),
      caption: trans.__('Open the notebook of a step as it was executed'),
      icon: notebookIcon,
      describedBy: stringArgs(
        {
          run: trans.__('Id of the run'),
          step: trans.__('Id of the step'),
          title: trans.__('Title of the tab')
        },
        ['run', 'step']
      ),
      isEnabled: args =>
        stringArg(args, 'run') !== null && stringArg(args, 'step') !== null,
      execute: async args => {
        const run = stringArg(args, 'run');
        const step = stringArg(args, 'step');
        if (run !== null && step !== null) {
          const title = stringArg(args, 'title') ?? trans.__('Notebook');
          const place = { run, step, title };
          await showNotebook(
            `jp-orchest-notebook-${run}-${step}`,
            place,
            async () => {
              const { createNotebookTab } = await import(
                /* webpackChunkName: "notebook-tab" */ '../views/notebook'
              );
              return createNotebookTab({ place, client, themes, trans });
            }
          );
        }
      }
    });
  }
};
