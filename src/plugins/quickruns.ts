/** The commands that run some steps of an open pipeline quickly. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { runIcon } from '@jupyterlab/ui-components';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { stringArg, stringArgs } from './args';
import { createJob } from './create';
import { mayRun } from './pipelineacts';
import type { IPipelineTab, PipelineTabs } from './pipelinetabs';
import { CommandIDs, IOrchestJobs } from './tokens';

type Args = ReadonlyPartialJSONObject;

export function addQuickRunCommands(
  app: JupyterFrontEnd,
  service: IOrchestJobs,
  tabs: PipelineTabs,
  documents: IDocumentManager | null
): void {
  const { trans } = service;
  const meant = (args: Args) => {
    const id = stringArg(args, 'document');
    return id === null ? tabs.current : tabs.get(id);
  };
  const describedBy = stringArgs({
    document: trans.__(
      'Id of the tab of the pipeline; without it, the one that was active last'
    )
  });
  const canRun = ({ editor, quick }: IPipelineTab) =>
    editor.meant.length > 0 && !editor.doc.state.broken && !quick.isActive;
  const run = async (args: Args, key: 'steps' | 'up_to') => {
    const tab = meant(args);
    if (tab === null || !canRun(tab)) {
      return;
    }
    // What is selected may be another when the user has answered.
    const steps = [...tab.editor.meant];
    if (!(await mayRun(tab, service))) {
      return;
    }
    const job = await createJob(
      app.shell,
      service,
      documents,
      tab.document.context.path,
      true,
      { quick: true, [key]: steps }
    );
    if (job !== null) {
      tab.quick.show(job);
    }
  };
  app.commands.addCommand(CommandIDs.runSteps, {
    label: trans.__('Run selected steps'),
    caption: trans.__(
      'Run the selected steps to see how they go, with the parameters in the pipeline'
    ),
    icon: runIcon,
    describedBy,
    isEnabled: args => {
      const tab = meant(args);
      return tab !== null && canRun(tab);
    },
    execute: args => run(args, 'steps')
  });
  app.commands.addCommand(CommandIDs.runUpTo, {
    label: trans.__('Run up to here'),
    caption: trans.__(
      'Run the selected steps and all on which they depend, with the parameters in the pipeline'
    ),
    describedBy,
    isEnabled: args => {
      const tab = meant(args);
      return tab !== null && canRun(tab);
    },
    execute: args => run(args, 'up_to')
  });
}
