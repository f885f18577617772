/** From other files to pipelines: *New pipeline from files*, and Elyra's pipelines. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { pipelineIcon } from '../components/icons';
import { isElyra, isStepFile } from '../domain/stepfiles';
import { stringArg, stringArgs } from './args';
import { CommandIDs, IOrchestJobs, PIPELINE_FACTORY } from './tokens';

export const pipelineFilesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:pipeline-files',
  description: 'Makes pipelines of notebooks, scripts and Elyra pipelines.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [IFileBrowserFactory, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    service: IOrchestJobs,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands, docRegistry } = app;
    const { trans } = service;
    const category = trans.__('Jobs');
    const load = () =>
      import(/* webpackChunkName: "pipeline-files" */ './pipelinemaking');
    /** The selected items; none if one of them is a folder. */
    const selected = (): string[] => {
      const items = [
        ...(browsers?.tracker.currentWidget?.selectedItems() ?? [])
      ];
      return items.some(({ type }) => type === 'directory')
        ? []
        : items.map(({ path }) => path);
    };

    const filesIn = (args: ReadonlyPartialJSONObject) =>
      Array.isArray(args.paths)
        ? args.paths.filter(path => typeof path === 'string')
        : selected();
    const canChain = (args: ReadonlyPartialJSONObject) => {
      const files = filesIn(args);
      return files.length > 0 && files.every(isStepFile);
    };
    commands.addCommand(CommandIDs.pipelineFromFiles, {
      label: trans.__('New pipeline from files'),
      caption: trans.__(
        'Make a pipeline that runs these files one after the other, in the order of their names'
      ),
      icon: pipelineIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            paths: {
              type: 'array',
              items: { type: 'string' },
              description: trans.__(
                'Notebooks and scripts of one folder; without them, those selected in the file browser'
              )
            }
          }
        }
      },
      isEnabled: canChain,
      isVisible: canChain,
      execute: async args => {
        const files = filesIn(args);
        if (files.length > 0) {
          await (await load()).createFromFiles(app, files, trans);
        }
      }
    });

    const elyra = (args: ReadonlyPartialJSONObject) => {
      const path = stringArg(args, 'path') ?? selected()[0];
      return path !== undefined && isElyra(path) ? path : null;
    };
    commands.addCommand(CommandIDs.importElyra, {
      label: trans.__('Import Elyra pipeline'),
      caption: trans.__(
        'Make a pipeline of this file of Elyra beside it, and tell what is not carried over'
      ),
      icon: pipelineIcon,
      describedBy: stringArgs({
        path: trans.__(
          'The .pipeline file; without it, the one selected in the file browser'
        )
      }),
      isEnabled: args => elyra(args) !== null,
      isVisible: args => elyra(args) !== null,
      execute: async args => {
        const path = elyra(args);
        if (path !== null) {
          await (await load()).importFile(app, path, trans);
        }
      }
    });
    for (const command of [
      CommandIDs.pipelineFromFiles,
      CommandIDs.importElyra
    ]) {
      palette?.addItem({ command, category });
    }

    docRegistry.addWidgetExtension(PIPELINE_FACTORY, {
      createNew: (_, context) => {
        void context.ready.then(async () => {
          const { offerOwnUuid } = await load();
          await offerOwnUuid(context, service);
        });
      }
    });
  }
};
