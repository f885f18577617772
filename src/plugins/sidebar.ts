/** The Jobs sidebar. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { IStateDB } from '@jupyterlab/statedb';
import { MenuSvg, refreshIcon } from '@jupyterlab/ui-components';

import { toApiError } from '../api/errors';
import { Settings } from '../api/types';
import { jobsIcon } from '../components/icons';
import { IViewMemory, JobListModel } from '../models/joblist';
import { JobsSidebar } from '../views/jobs';
import { stringArgs } from './args';
import { showRefusal } from './dialogs';
import { CommandIDs, IOrchestJobs } from './tokens';

/** Lab's own command that opens the settings. */
const LAB_SETTINGS = 'settingeditor:open';

export const sidebarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:sidebar',
  description: 'Adds the Jobs sidebar.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [ILayoutRestorer, ICommandPalette, ILauncher, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    service: IOrchestJobs,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    state: IStateDB | null
  ): void => {
    const { activity, jobs, live, trans } = service;
    const { commands, shell } = app;
    const list = new JobListModel(state === null ? null : memoryIn(state));
    const describedBy = stringArgs({});

    commands.addCommand(CommandIDs.showJobs, {
      label: trans.__('Show jobs'),
      caption: trans.__('Show the list of jobs'),
      icon: jobsIcon,
      describedBy,
      execute: () => shell.activateById(JobsSidebar.ID)
    });
    commands.addCommand(CommandIDs.refreshJobs, {
      label: trans.__('Refresh the list of jobs'),
      caption: trans.__('Ask the server for all jobs anew'),
      icon: refreshIcon,
      describedBy,
      execute: () => {
        live.retry();
        jobs.refresh();
      }
    });
    commands.addCommand(CommandIDs.expandProjects, {
      label: trans.__('Expand all projects'),
      caption: trans.__('Show the jobs of all projects in the list'),
      describedBy,
      isEnabled: () => list.state.collapsed.length > 0,
      execute: () => list.foldAll([])
    });
    commands.addCommand(CommandIDs.collapseProjects, {
      label: trans.__('Collapse all projects'),
      caption: trans.__('Show only the projects in the list'),
      describedBy,
      isEnabled: () => (jobs.state.jobs ?? []).length > 0,
      execute: () =>
        list.foldAll([
          ...new Set((jobs.state.jobs ?? []).map(job => job.project))
        ])
    });
    commands.addCommand(CommandIDs.limits, {
      label: trans.__('Limits…'),
      caption: trans.__('How much is executed at once, over all jobs'),
      describedBy,
      execute: () => showLimits(app, service)
    });
    commands.addCommand(CommandIDs.cluster, {
      label: trans.__('Cluster…'),
      caption: trans.__('Set up a Dask cluster for the runs of jobs'),
      describedBy,
      execute: () => showCluster(service)
    });
    commands.addCommand(CommandIDs.settings, {
      label: trans.__('Notifications and shortcuts…'),
      caption: trans.__('Open the settings of Orchest Jobs'),
      describedBy,
      isVisible: () => commands.hasCommand(LAB_SETTINGS),
      execute: () =>
        commands.execute(LAB_SETTINGS, { query: trans.__('Orchest Jobs') })
    });

    const menu = new MenuSvg({ commands });
    for (const command of [
      CommandIDs.newJob,
      CommandIDs.refreshJobs,
      null,
      CommandIDs.expandProjects,
      CommandIDs.collapseProjects,
      null,
      CommandIDs.limits,
      CommandIDs.cluster,
      CommandIDs.settings
    ]) {
      menu.addItem(command === null ? { type: 'separator' } : { command });
    }

    const onMenu = (x: number, y: number) => menu.open(x, y);
    const onShow = () => activity.look();
    const sidebar = new JobsSidebar({ ...service, list, onMenu, onShow });
    shell.add(sidebar, 'left', { rank: 350, type: 'Jobs' });
    restorer?.add(sidebar, JobsSidebar.ID);

    jobs.changed.connect(() => {
      commands.notifyCommandChanged(CommandIDs.openJob);
    });
    const category = trans.__('Jobs');
    for (const command of [
      CommandIDs.showJobs,
      CommandIDs.refreshJobs,
      CommandIDs.limits,
      CommandIDs.cluster
    ]) {
      palette?.addItem({ command, category });
    }
    launcher?.add({
      command: CommandIDs.newJob,
      // Lab's own category, by its own name.
      // eslint-disable-next-line jupyter/no-untranslated-string
      category: 'Other',
      rank: 10
    });
  }
};

const VIEW = 'jupyter-orchest-jobs:list';

function memoryIn(state: IStateDB): IViewMemory {
  return {
    load: () => state.fetch(VIEW),
    save: ({ query, collapsed }) =>
      state.save(VIEW, { query: { ...query }, collapsed: [...collapsed] })
  };
}

/** @param typed - what was refused before, to be mended. */
async function showLimits(
  app: JupyterFrontEnd,
  service: IOrchestJobs,
  typed: Partial<Settings> = {}
): Promise<void> {
  const { client, trans } = service;
  let changes: Partial<Settings> | null = null;
  try {
    const [settings, { askLimits }] = await Promise.all([
      client.getSettings(),
      import(/* webpackChunkName: "limits" */ '../views/limits')
    ]);
    const { specs } = app.serviceManager.kernelspecs;
    const kernels = Object.keys(specs?.kernelspecs ?? {});
    changes = await askLimits({ settings, typed, kernels, trans });
    if (changes !== null) {
      await client.changeSettings(changes);
    }
  } catch (reason) {
    const title = trans.__('The limits could not be read or changed');
    await showRefusal(title, toApiError(reason), trans);
    if (changes !== null) {
      await showLimits(app, service, changes);
    }
  }
}

async function showCluster({ client, trans }: IOrchestJobs): Promise<void> {
  try {
    const [cluster, { showClusterDialog }] = await Promise.all([
      client.getCluster(),
      import(/* webpackChunkName: "cluster" */ '../views/cluster')
    ]);
    await showClusterDialog(client, cluster, trans);
  } catch (reason) {
    const title = trans.__('The settings of the cluster could not be read');
    await showRefusal(title, toApiError(reason), trans);
  }
}
