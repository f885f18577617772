/** The toolbar of a pipeline's tab. */

import {
  CommandToolbarButton,
  Toolbar,
  ToolbarButton
} from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';

import { PipelineDocument } from './pipelinetab';
import { CommandIDs } from './tokens';

export function addToolbar(
  document: PipelineDocument,
  commands: CommandRegistry,
  trans: TranslationBundle
): void {
  const { toolbar, id } = document;
  const button = (command: string, label?: string) =>
    new CommandToolbarButton({
      commands,
      id: command,
      args: { document: id },
      ...(label !== undefined && { label })
    });
  const items: [string, Widget | ToolbarButton][] = [
    ['add', button(CommandIDs.addStepMenu, trans.__('Add step'))],
    ['undo', button(CommandIDs.undoPipeline, '')],
    ['redo', button(CommandIDs.redoPipeline, '')],
    ['layout', button(CommandIDs.layoutPipeline, trans.__('Auto layout'))],
    ['settings', button(CommandIDs.pipelineSettings, trans.__('Settings'))],
    ['spacer', Toolbar.createSpacerItem()],
    ['run-steps', button(CommandIDs.runSteps, trans.__('Run selected'))],
    ['run', button(CommandIDs.runPipeline, trans.__('Run as job…'))]
  ];
  for (const [name, widget] of items) {
    toolbar.addItem(name, widget);
  }
}
