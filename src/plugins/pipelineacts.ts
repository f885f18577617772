/** The commands of the editor of pipelines. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  copyIcon,
  deleteIcon,
  duplicateIcon,
  LabIcon,
  launchIcon,
  notebookIcon,
  pasteIcon,
  pythonIcon,
  redoIcon,
  settingsIcon,
  terminalIcon,
  treeViewIcon,
  undoIcon
} from '@jupyterlab/ui-components';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { jobsIcon } from '../components/icons';
import { splitDrive } from '../domain/paths';
import { folderPrefix } from '../domain/stepfiles';
import { stringArg, stringArgs } from './args';
import { confirm } from './dialogs';
import { IPipelineTab } from './pipelinetab';
import { PipelineTabs } from './pipelinetabs';
import { chooseFiles, createFile, NewFile } from './stepfiles';
import { CommandIDs, IOrchestJobs } from './tokens';

type Args = ReadonlyPartialJSONObject;

interface IAct {
  readonly id: string;
  readonly label: string;
  readonly caption: string;
  readonly icon?: LabIcon;
  readonly can: (tab: IPipelineTab) => boolean;
  /** @param fromToolbar - it was called by a button of the toolbar. */
  readonly run: (tab: IPipelineTab, fromToolbar: boolean) => unknown;
}

export function addPipelineCommands(
  app: JupyterFrontEnd,
  service: IOrchestJobs,
  tabs: PipelineTabs,
  documents: IDocumentManager | null
): void {
  const { commands } = app;
  const { trans } = service;
  const meant = (args: Args) => tabs.meant(args);
  const describedBy = describedByTab(trans);
  const acts = actsOf(service, tabs);
  for (const { id, label, caption, icon, can, run } of acts) {
    commands.addCommand(id, {
      label,
      caption,
      icon,
      describedBy,
      isEnabled: args => {
        const tab = meant(args);
        return tab !== null && can(tab);
      },
      execute: args => {
        const tab = meant(args);
        return tab === null
          ? undefined
          : run(tab, stringArg(args, 'document') !== null);
      }
    });
  }

  const kinds: Readonly<Record<string, [string, LabIcon | undefined]>> = {
    file: [trans.__('Choose files…'), undefined],
    notebook: [trans.__('New notebook…'), notebookIcon],
    python: [trans.__('New Python script…'), pythonIcon],
    bash: [trans.__('New bash script…'), terminalIcon]
  };
  const kindOf = (args: Args) => stringArg(args, 'kind') ?? 'file';
  commands.addCommand(CommandIDs.addStep, {
    label: args => kinds[kindOf(args)][0],
    caption: trans.__('Add a step to the pipeline'),
    icon: args => kinds[kindOf(args)][1],
    describedBy: describedByTab(trans, {
      kind: trans.__(
        'What it is made of: “file”, one that is there; or a new “notebook”, “python” or “bash” script'
      )
    }),
    isEnabled: args => meant(args)?.editor.doc.canEdit ?? false,
    execute: async args => {
      const tab = meant(args);
      if (tab === null) {
        return;
      }
      const { editor, panel } = tab;
      const prefix = folderPrefix(tab.document.context.path);
      const kind = kindOf(args);
      const made =
        kind === 'file'
          ? await chooseFiles(prefix.replace(/\/$/, ''), documents, trans)
          : [await createFile(app, kind as NewFile, prefix, trans)];
      const paths = made.filter(path => path !== null);
      if (paths.length > 0) {
        editor.addFiles(paths.map(path => splitDrive(path).path));
      }
      panel.canvas?.focus(null);
    }
  });

  commands.addCommand(CommandIDs.runPipeline, {
    label: trans.__('Run as job…'),
    caption: trans.__('Save the pipeline, and make a draft of a job from it'),
    icon: jobsIcon,
    describedBy,
    isEnabled: args => meant(args) !== null,
    execute: async args => {
      const tab = meant(args);
      if (tab !== null && (await mayRun(tab, service))) {
        await commands.execute(CommandIDs.configureJob, {
          path: tab.document.context.path
        });
      }
    }
  });
  tabs.commands = [
    ...acts.map(({ id }) => id),
    CommandIDs.addStep,
    CommandIDs.runPipeline,
    CommandIDs.runSteps,
    CommandIDs.runUpTo
  ];
}

/** What a command about the tab of a pipeline takes. */
export function describedByTab(
  trans: TranslationBundle,
  more: Readonly<Record<string, string>> = {}
): ReturnType<typeof stringArgs> {
  return stringArgs({
    document: trans.__(
      'Id of the tab of the pipeline; without it, the one that was active last'
    ),
    ...more
  });
}

function actsOf({ trans }: IOrchestJobs, tabs: PipelineTabs): IAct[] {
  const canEdit = ({ editor }: IPipelineTab) => editor.doc.canEdit;
  const some = (tab: IPipelineTab) => tab.editor.meant.length > 0;
  const one = ({ editor }: IPipelineTab) =>
    editor.meant.length === 1 ? editor.meant[0] : null;
  const fileOf = (tab: IPipelineTab) => {
    const step = tab.editor.view.steps.find(({ step }) => step === one(tab));
    return step === undefined ? null : tab.editor.fileOf(step);
  };
  const focus = ({ panel }: IPipelineTab) => panel.canvas?.focus(null);
  return [
    {
      id: CommandIDs.addStepMenu,
      label: trans.__('Add step…'),
      caption: trans.__('Add a step: choose files, or create one'),
      icon: addIcon,
      can: canEdit,
      run: ({ panel }, fromToolbar) => {
        const { x, y } = panel.menuPlace(fromToolbar);
        tabs.openMenu(x, y);
      }
    },
    {
      id: CommandIDs.undoPipeline,
      label: trans.__('Undo'),
      caption: trans.__('Undo the last change of the pipeline'),
      icon: undoIcon,
      can: ({ editor }) =>
        editor.doc.state.canUndo && !editor.doc.state.readOnly,
      run: ({ editor }) => editor.doc.undo()
    },
    {
      id: CommandIDs.redoPipeline,
      label: trans.__('Redo'),
      caption: trans.__('Do the last change again that was undone'),
      icon: redoIcon,
      can: ({ editor }) =>
        editor.doc.state.canRedo && !editor.doc.state.readOnly,
      run: ({ editor }) => editor.doc.redo()
    },
    {
      id: CommandIDs.layoutPipeline,
      label: trans.__('Auto layout'),
      caption: trans.__('Put all steps from left to right'),
      icon: treeViewIcon,
      can: tab => canEdit(tab) && tab.editor.view.steps.length > 0,
      run: tab => {
        tab.editor.layout();
        tab.panel.canvas?.showAll();
      }
    },
    {
      id: CommandIDs.pipelineSettings,
      label: trans.__('Settings'),
      caption: trans.__('The name, limit and parameters of the pipeline'),
      icon: settingsIcon,
      can: () => true,
      run: ({ editor }) => editor.view.show('pipeline')
    },
    {
      id: CommandIDs.stepProperties,
      label: trans.__('Properties'),
      caption: trans.__('The title, file, kernel and parameters of the step'),
      icon: settingsIcon,
      can: tab => one(tab) !== null,
      run: tab => {
        tab.editor.view.select(tab.editor.meant);
        tab.editor.view.show('step');
      }
    },
    {
      id: CommandIDs.openStep,
      label: trans.__('Open file'),
      caption: trans.__('Open the notebook or script of the step'),
      icon: launchIcon,
      can: tab => fileOf(tab) !== null,
      run: tab => tab.panel.openFile(fileOf(tab) ?? '')
    },
    {
      id: CommandIDs.connectStep,
      label: trans.__('Connect…'),
      caption: trans.__('Choose the step that waits for this one'),
      can: tab => canEdit(tab) && one(tab) !== null,
      run: tab => {
        tab.editor.view.startConnecting(one(tab) ?? '');
        focus(tab);
      }
    },
    {
      id: CommandIDs.duplicateSteps,
      label: trans.__('Duplicate'),
      caption: trans.__('Copy the selected steps, with what connects them'),
      icon: duplicateIcon,
      can: tab => canEdit(tab) && some(tab),
      run: tab => {
        tab.editor.duplicate();
        focus(tab);
      }
    },
    {
      id: CommandIDs.copySteps,
      label: trans.__('Copy'),
      caption: trans.__(
        'Copy the selected steps, for this or another pipeline'
      ),
      icon: copyIcon,
      can: some,
      run: tab => {
        tab.editor.copy();
        tabs.announce();
      }
    },
    {
      id: CommandIDs.pasteSteps,
      label: trans.__('Paste'),
      caption: trans.__('Insert the steps that were copied'),
      icon: pasteIcon,
      can: ({ editor }) => editor.canPaste,
      run: tab => {
        tab.editor.paste();
        focus(tab);
      }
    },
    {
      id: CommandIDs.selectSteps,
      label: trans.__('Select all'),
      caption: trans.__('Select all steps of the pipeline'),
      can: ({ editor }) => editor.view.steps.length > 0,
      run: ({ editor }) => editor.view.selectAll()
    },
    {
      id: CommandIDs.removeSteps,
      label: trans.__('Delete'),
      caption: trans.__('Remove the selected steps or connection'),
      icon: deleteIcon,
      can: tab =>
        canEdit(tab) &&
        (some(tab) || tab.editor.view.state.connection !== null),
      run: tab => {
        tab.editor.remove();
        focus(tab);
      }
    }
  ];
}

/** Whether a pipeline may run, though not all that was written is in its file. */
export async function mayRun(
  { editor }: IPipelineTab,
  { trans }: IOrchestJobs
): Promise<boolean> {
  const { invalid } = editor.texts;
  if (invalid.length === 0) {
    return true;
  }
  const [scope] = invalid;
  const step = editor.view.steps.find(one => one.step === scope);
  editor.view.show(step === undefined ? 'pipeline' : 'step');
  if (step !== undefined) {
    editor.view.select([step.step], step.step);
  }
  return confirm({
    title: trans.__('Run without these parameters?'),
    body: trans.__(
      'What was written as parameters of “%1” is not in the pipeline: %2',
      step?.title ?? trans.__('the pipeline'),
      editor.texts.why(scope)
    ),
    ok: trans.__('Run with those in the file'),
    keep: trans.__('Cancel'),
    loses: false
  });
}
