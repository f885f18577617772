/** The tabs of pipeline files: what is in them, and what it does through JupyterLab. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { Contents } from '@jupyterlab/services';
import { MenuSvg } from '@jupyterlab/ui-components';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { toApiError } from '../api/errors';
import { folderOf, splitDrive } from '../domain/paths';
import { ParameterTexts } from '../models/parametertexts';
import { PipelineDoc } from '../models/pipelinedoc';
import { PipelineEditor } from '../models/pipelineeditor';
import { PipelineView } from '../models/pipelineview';
import { QuickRun } from '../models/quickrun';
import { Schemas } from '../models/schemas';
import { ServerFiles } from '../models/serverfiles';
import { StepFiles } from '../models/stepfiles';
import { IKernelChoice, PipelinePanel } from '../views/pipeline';
import { stringArg } from './args';
import { IPipelineTab, PipelineDocument } from './pipelinetab';
import { addToolbar } from './pipelinetoolbar';
import { chooseStepFile } from './stepfiles';
import { CommandIDs, IOrchestJobs } from './tokens';

export class PipelineTabs {
  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _service: IOrchestJobs,
    private readonly _tracker: WidgetTracker<PipelineDocument>,
    private readonly _documents: IDocumentManager | null,
    private readonly _editors: IEditorServices | null
  ) {
    const { contents, kernelspecs } = _app.serviceManager;
    contents.fileChanged.connect(this._onFile, this);
    kernelspecs.specsChanged.connect(this._onKernels, this);
    _tracker.currentChanged.connect(() => {
      // Files may have come and gone on the disk.
      this.current?.editor.files.renewAll();
      this.announce();
    });
    this._menu = new MenuSvg({ commands: _app.commands });
    for (const kind of ['file', 'notebook', 'python', 'bash']) {
      this._menu.addItem({ command: CommandIDs.addStep, args: { kind } });
    }
  }

  /** The one that was active last. */
  get current(): IPipelineTab | null {
    const { currentWidget } = this._tracker;
    return currentWidget === null
      ? null
      : (this._tabs.get(currentWidget) ?? null);
  }

  /** The one that a command is about: that of its argument, else the current one. */
  meant(args: ReadonlyPartialJSONObject): IPipelineTab | null {
    const id = stringArg(args, 'document');
    return id === null
      ? this.current
      : ([...this._tabs.values()].find(({ document }) => document.id === id) ??
          null);
  }

  /** Put the editor into a tab whose text is there. */
  fill(document: PipelineDocument): void {
    if (document.isDisposed) {
      return;
    }
    const { trans, storage } = this._service;
    const { context } = document;
    const path = () => splitDrive(context.path).path;
    const doc = new PipelineDoc(
      context.model.sharedModel,
      context.model.readOnly || context.contentsModel?.writable === false
    );
    const server = new ServerFiles(this._app.serviceManager.contents);
    const onDrive = (file: string) => withDrive(context.path, file);
    const files = new StepFiles(folder => server.list(onDrive(folder)));
    const schemas = new Schemas(
      files,
      file => server.read(onDrive(file)),
      trans
    );
    const editor = new PipelineEditor(
      doc,
      new PipelineView(doc),
      new ParameterTexts(doc, storage, path, schemas, trans),
      files,
      schemas,
      path
    );
    const { client, live } = this._service;
    const quick = new QuickRun(client, live, storage);
    // Jobs are made of the server's own files.
    if (splitDrive(context.path).drive === '') {
      void quick.resume(path());
    }
    const moved = () => editor.moved();
    context.pathChanged.connect(moved);
    const { commands } = this._app;
    const panel = new PipelinePanel({
      editor,
      quick,
      newEditor: this._editors?.factoryService.newInlineEditor ?? null,
      trans,
      acts: {
        openFile: file => {
          void commands.execute('docmanager:open', {
            path: onDrive(file)
          });
        },
        openText: () => {
          void commands.execute('docmanager:open', {
            path: context.path,
            factory: 'Editor'
          });
        },
        chooseFile: step => {
          void chooseStepFile(editor, this._documents, trans).then(file => {
            if (file !== null) {
              editor.setFile(step, file);
            }
          });
        },
        openRun: this._service.actions.openRun,
        cancelQuickRun: () => {
          void quick.cancel().catch((reason: unknown) => {
            void showErrorMessage(
              trans.__('Could not cancel'),
              toApiError(reason).message
            );
          });
        },
        addFiles: (paths, at) => {
          editor.addFiles(
            paths.map(one => splitDrive(one).path),
            at
          );
          panel.canvas?.focus(null);
        }
      }
    });
    const tab = { document, editor, panel, quick };
    this._tabs.set(document, tab);
    document.content.addWidget(panel);
    document.content.addClass('jp-OrchestJobs-pipelineHost');
    document.addClass('jp-OrchestJobs-pipelineDocument');
    addToolbar(document, commands, trans);
    const announce = () => this.announce();
    doc.changed.connect(announce);
    editor.view.changed.connect(announce);
    quick.changed.connect(announce);
    document.disposed.connect(() => {
      this._tabs.delete(document);
      context.pathChanged.disconnect(moved);
      editor.dispose();
      quick.dispose();
    });
    panel.kernels = this._kernels;
    this._onKernels();
    this.announce();
  }

  /** Show what steps can be made of, at a place of the page. */
  openMenu(x: number, y: number): void {
    this._menu.open(x, y);
  }

  /** What can be done may be another now. */
  announce(): void {
    for (const command of this.commands) {
      this._app.commands.notifyCommandChanged(command);
    }
  }

  /** The commands that are about a tab. */
  commands: readonly string[] = [];

  private _onFile(_: unknown, change: Contents.IChangedArgs): void {
    for (const model of [change.newValue, change.oldValue]) {
      if (model?.path !== undefined) {
        const { path } = splitDrive(model.path);
        this._tabs.forEach(({ editor }) => {
          editor.files.renew(folderOf(path));
          editor.schemas.renew(path);
        });
      }
    }
  }

  private _onKernels(): void {
    this._tabs.forEach(({ panel }) => {
      panel.kernels = this._kernels;
    });
  }

  private get _kernels(): IKernelChoice[] {
    const { specs } = this._app.serviceManager.kernelspecs;
    return Object.values(specs?.kernelspecs ?? {}).flatMap(spec =>
      spec === undefined
        ? []
        : [{ name: spec.name, displayName: spec.display_name }]
    );
  }

  private readonly _tabs = new Map<PipelineDocument, IPipelineTab>();
  private readonly _menu: MenuSvg;
}

/** A file of the server on the drive that another path is on. */
function withDrive(path: string, file: string): string {
  const first = path.split('/')[0];
  const colon = first.indexOf(':');
  return path.slice(0, colon + 1) + file;
}
