/** The tabs of jobs and runs. Their code is loaded when the first one opens. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  IThemeManager,
  MainAreaWidget
} from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IStateDB } from '@jupyterlab/statedb';

import { jobsIcon, runIcon } from '../components/icons';
import { Shelf } from '../models/shelf';
import type { ViewPrefs } from '../models/viewprefs';
import type { JobContent } from '../views/job';
import type { RunTab } from '../views/run';
import { stringArg, stringArgs } from './args';
import { memoIn } from './memos';
import { CommandIDs, IOrchestJobs } from './tokens';
import { trackedTabs } from './tracked';

export const tabsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:tabs',
  description: 'Opens jobs and runs in tabs.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [
    ILayoutRestorer,
    ICommandPalette,
    IThemeManager,
    IEditorServices,
    IStateDB
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IOrchestJobs,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    themes: IThemeManager | null,
    editors: IEditorServices | null,
    state: IStateDB | null
  ): void => {
    const { jobs, runs, trans } = service;
    const { commands, shell } = app;
    const shelf = new Shelf();
    const newEditor = editors?.factoryService.newInlineEditor ?? null;

    const jobTabs = trackedTabs<MainAreaWidget<JobContent>>(
      shell,
      restorer,
      'jobs',
      CommandIDs.openJob
    );
    const runTabs = trackedTabs<RunTab>(
      shell,
      restorer,
      'runs',
      CommandIDs.openRun
    );
    let prefs: ViewPrefs | null = null;

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
          const tab = await jobTabs.show(name, { id }, async () => {
            const { createJobTab } = await import(
              /* webpackChunkName: "job-tab" */ '../views/job'
            );
            const memo = memoIn(state, `job:${id}`);
            const { contents } = app.serviceManager;
            const options = { id, shelf, newEditor, memo, contents };
            return createJobTab({ ...service, ...options });
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
        ),
        step: trans.__('Id of the step to show first'),
        tab: trans.__('Id that a new tab gets; used to restore the layout')
      }),
      isEnabled: args => (stringArg(args, 'id') ?? runs.state.pointed) !== null,
      execute: async args => {
        const id = stringArg(args, 'id') ?? runs.state.pointed?.id;
        const step = stringArg(args, 'step');
        if (id === undefined) {
          return;
        }
        const own = stringArg(args, 'tab');
        const place: Record<string, string> = {
          id,
          ...(step !== null && { step }),
          ...(own !== null && { tab: own })
        };
        const tab = await runTabs.show(runTabId(id), place, async () => {
          const views = await import(
            /* webpackChunkName: "run-tab" */ '../views/run'
          );
          prefs ??= new views.ViewPrefs(state);
          return views.createRunTab({
            ...service,
            id,
            step,
            prefs,
            themes,
            isOpen: other => runTabs.has(runTabId(other)),
            onPlace: (moved, { id, ...rest }) =>
              runTabs.moved(moved, runTabId(id), { id, ...rest })
          });
        });
        if (step !== null) {
          tab.selectStep(step);
        }
      }
    });

    const neighbours: [string, 'previous' | 'next', string][] = [
      [CommandIDs.previousRun, 'previous', trans.__('Previous run of the job')],
      [CommandIDs.nextRun, 'next', trans.__('Next run of the job')]
    ];
    for (const [command, side, label] of neighbours) {
      commands.addCommand(command, {
        label,
        caption: trans.__('The same step stays in view'),
        describedBy: stringArgs({}),
        isEnabled: () => runTabs.current?.neighbour(side) !== null,
        execute: () => runTabs.current?.move(side)
      });
    }
  }
};

const runTabId = (id: string) => `jp-orchest-run-${id}`;
