/** Pipeline files as documents. Their editor is loaded when the first one is opened. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IDocumentManager } from '@jupyterlab/docmanager';
import {
  ABCWidgetFactory,
  DocumentRegistry,
  DocumentWidget
} from '@jupyterlab/docregistry';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { Panel } from '@lumino/widgets';

import { pipelineIcon } from '../components/icons';
import { stringArg, stringArgs } from './args';
import type { PipelineDocument } from './pipelinetab';
import type { PipelineTabs } from './pipelinetabs';
import { CommandIDs, IOrchestJobs, PIPELINE_FACTORY } from './tokens';

type Context = DocumentRegistry.CodeContext;

class PipelineFactory extends ABCWidgetFactory<
  PipelineDocument,
  DocumentRegistry.ICodeModel
> {
  constructor(
    label: string,
    private readonly _fill: (tab: PipelineDocument) => void,
    private readonly _load: () => Promise<PipelineTabs>,
    private readonly _provider: () => string | undefined
  ) {
    super({
      name: PIPELINE_FACTORY,
      label,
      fileTypes: ['orchest'],
      defaultFor: ['orchest'],
      modelName: 'text'
    });
  }

  /** Where texts come from: with real-time collaboration, others have the same one. */
  override get contentProviderId(): string | undefined {
    return this._provider();
  }

  protected override createNewWidget(context: Context): PipelineDocument {
    const reveal = Promise.all([this._load(), context.ready]);
    const tab: PipelineDocument = new DocumentWidget({
      content: new Panel(),
      context,
      reveal: reveal.then(([tabs]) => tabs.fill(tab))
    });
    tab.title.icon = pipelineIcon;
    this._fill(tab);
    return tab;
  }
}

export const pipelinesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:pipelines',
  description: 'Opens pipeline files in an editor of their graph.',
  autoStart: true,
  requires: [IOrchestJobs],
  optional: [
    IDocumentManager,
    IEditorServices,
    IFileBrowserFactory,
    ILauncher,
    ICommandPalette,
    IMainMenu,
    ILayoutRestorer
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IOrchestJobs,
    documents: IDocumentManager | null,
    editors: IEditorServices | null,
    browsers: IFileBrowserFactory | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    menu: IMainMenu | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const { trans } = service;
    const { commands, docRegistry } = app;
    const tracker = new WidgetTracker<PipelineDocument>({
      namespace: 'orchest-jobs-pipelines'
    });
    let tabs: Promise<PipelineTabs> | null = null;
    const load = () => {
      tabs ??= import(
        /* webpackChunkName: "pipeline-editor" */ './pipelineediting'
      ).then(({ editPipelines }) =>
        editPipelines(app, service, tracker, documents, editors)
      );
      tabs.catch(() => {
        tabs = null; // The server is away: the next one tries again.
      });
      return tabs;
    };
    const track = (tab: PipelineDocument) => {
      tab.context.pathChanged.connect(() => void tracker.save(tab));
      void tracker.add(tab);
    };
    docRegistry.addWidgetFactory(
      new PipelineFactory(
        trans.__('Pipeline editor'),
        track,
        load,
        // As the text editor, which may have the same file open.
        () => docRegistry.getWidgetFactory('Editor')?.contentProviderId
      )
    );
    void restorer?.restore(tracker, {
      command: 'docmanager:open',
      args: ({ context }) => ({
        path: context.path,
        factory: PIPELINE_FACTORY
      }),
      name: ({ context }) => context.path
    });
    const has = (widget: unknown) => tracker.has(widget as PipelineDocument);
    menu?.editMenu.undoers.undo.add({
      id: CommandIDs.undoPipeline,
      isEnabled: has
    });
    menu?.editMenu.undoers.redo.add({
      id: CommandIDs.redoPipeline,
      isEnabled: has
    });

    commands.addCommand(CommandIDs.newPipeline, {
      label: args =>
        args.isLauncher ? trans.__('Pipeline') : trans.__('New pipeline'),
      caption: trans.__('Create a pipeline file and open it'),
      icon: pipelineIcon,
      describedBy: stringArgs({
        cwd: trans.__('The folder; without it, that of the file browser')
      }),
      execute: async args => {
        const folder =
          stringArg(args, 'cwd') ??
          browsers?.tracker.currentWidget?.model.path ??
          '';
        const { createPipeline } = await import(
          /* webpackChunkName: "pipeline-editor" */ './newpipeline'
        );
        return createPipeline(app, folder, PIPELINE_FACTORY, service);
      }
    });
    palette?.addItem({
      command: CommandIDs.newPipeline,
      category: trans.__('Jobs')
    });
    launcher?.add({
      command: CommandIDs.newPipeline,
      // Lab's own category, by its own name.
      // eslint-disable-next-line jupyter/no-untranslated-string
      category: 'Other',
      rank: 9,
      args: { isLauncher: true }
    });
  }
};
