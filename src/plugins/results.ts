/** The tabs of what runs have left: notebooks and files. Loaded when the first one opens. */

import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IThemeManager, MainAreaWidget } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { fileIcon, notebookIcon } from '@jupyterlab/ui-components';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { INotebookPlace } from '../views/actions';
import { stringArg, stringArgs } from './args';
import { CommandIDs, IOrchestJobs } from './tokens';
import { trackedTabs } from './tracked';

export const resultsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:results',
  description: 'Opens executed notebooks and files of runs in tabs.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [
    ILayoutRestorer,
    IThemeManager,
    IRenderMimeRegistry,
    IEditorServices,
    NotebookPanel.IContentFactory
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IOrchestJobs,
    restorer: ILayoutRestorer | null,
    themes: IThemeManager | null,
    rendermime: IRenderMimeRegistry | null,
    editors: IEditorServices | null,
    factory: NotebookPanel.IContentFactory | null
  ): void => {
    const { client, actions, trans } = service;
    const { commands, shell } = app;
    const tabs = (name: string, command: string) =>
      trackedTabs<MainAreaWidget>(shell, restorer, name, command);

    const ofNotebook = stringArgs(
      {
        run: trans.__('Id of the run'),
        step: trans.__('Id of the step'),
        title: trans.__('Title of the tab')
      },
      ['run', 'step']
    );
    const placeIn = (
      args: ReadonlyPartialJSONObject
    ): INotebookPlace | null => {
      const run = stringArg(args, 'run');
      const step = stringArg(args, 'step');
      const title = stringArg(args, 'title') ?? trans.__('Notebook');
      return run === null || step === null ? null : { run, step, title };
    };

    const pages = tabs('notebooks', CommandIDs.openNotebook);
    commands.addCommand(CommandIDs.openNotebook, {
      label: trans.__('Open executed notebook'),
      caption: trans.__('Open the notebook of a step as it was executed'),
      icon: notebookIcon,
      describedBy: ofNotebook,
      isEnabled: args => placeIn(args) !== null,
      execute: async args => {
        const place = placeIn(args);
        if (place === null) {
          return;
        }
        const id = `jp-orchest-notebook-${place.run}-${place.step}`;
        await pages.show(id, { ...place }, async () => {
          const { createNotebookTab } = await import(
            /* webpackChunkName: "notebook-tab" */ '../views/notebook'
          );
          return createNotebookTab({ place, client, actions, themes, trans });
        });
      }
    });

    const views = tabs('notebook-views', CommandIDs.openNotebookView);
    commands.addCommand(CommandIDs.openNotebookView, {
      label: trans.__('Open as notebook view'),
      caption: trans.__(
        'Show the executed notebook as JupyterLab shows notebooks: read-only, without scripts'
      ),
      icon: notebookIcon,
      describedBy: ofNotebook,
      isEnabled: args =>
        rendermime !== null &&
        editors !== null &&
        factory !== null &&
        placeIn(args) !== null,
      execute: async args => {
        const place = placeIn(args);
        if (
          place === null ||
          rendermime === null ||
          editors === null ||
          factory === null
        ) {
          return;
        }
        const id = `jp-orchest-notebookview-${place.run}-${place.step}`;
        await views.show(id, { ...place }, async () => {
          const { createNotebookViewTab } = await import(
            /* webpackChunkName: "notebook-view" */ '../views/notebook/view'
          );
          const lab = { rendermime, editors, factory };
          return createNotebookViewTab({ place, client, lab, trans });
        });
      }
    });

    const files = tabs('run-files', CommandIDs.openRunFile);
    commands.addCommand(CommandIDs.openRunFile, {
      label: trans.__('Open file of a run'),
      caption: trans.__('Look at a file as a run has left it'),
      icon: fileIcon,
      describedBy: stringArgs(
        {
          run: trans.__('Id of the run'),
          path: trans.__('Path of the file, relative to the project'),
          title: trans.__('Title of the tab')
        },
        ['run', 'path']
      ),
      isEnabled: args =>
        stringArg(args, 'run') !== null && stringArg(args, 'path') !== null,
      execute: async args => {
        const run = stringArg(args, 'run');
        const path = stringArg(args, 'path');
        if (run === null || path === null) {
          return;
        }
        const place = { run, path, title: stringArg(args, 'title') ?? path };
        const id = `jp-orchest-file-${run}-${path}`;
        await files.show(id, { ...place }, async () => {
          const { createFileTab } = await import(
            /* webpackChunkName: "file-tab" */ '../views/file'
          );
          return createFileTab({ place, client, trans });
        });
      }
    });
  }
};
