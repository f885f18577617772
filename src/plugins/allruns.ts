/** The tab with the runs of all jobs. Its code is loaded when it opens. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';

import { runIcon } from '../components/icons';
import { stringArgs } from './args';
import { memoIn } from './memos';
import { CommandIDs, IOrchestJobs } from './tokens';
import { trackedTabs } from './tracked';

const ALL_RUNS = 'jp-orchest-runs';

export const allRunsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:all-runs',
  description: 'Shows the runs of all jobs in one table.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [ILayoutRestorer, ICommandPalette, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    service: IOrchestJobs,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    state: IStateDB | null
  ): void => {
    const { trans } = service;
    const { commands, shell } = app;
    const command = CommandIDs.showRuns;
    const tabs = trackedTabs<MainAreaWidget>(
      shell,
      restorer,
      'all-runs',
      command
    );
    commands.addCommand(command, {
      label: trans.__('Show all runs'),
      caption: trans.__('The runs of all jobs in one table'),
      icon: runIcon,
      describedBy: stringArgs({}),
      execute: async () => {
        await tabs.show(ALL_RUNS, {}, async () => {
          const { createAllRunsTab } = await import(
            /* webpackChunkName: "runs-tab" */ '../views/runs'
          );
          const memo = memoIn(state, 'all-runs');
          return createAllRunsTab({ ...service, memo, id: ALL_RUNS });
        });
      }
    });
    palette?.addItem({ command, category: trans.__('Jobs') });
  }
};
