/** The commands that run some steps of an open pipeline quickly. */

import { JupyterFrontEnd } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { runIcon } from '@jupyterlab/ui-components';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { labelWith } from './args';
import { createJob } from './create';
import { describedByTab, mayRun } from './pipelineacts';
import { IPipelineTab } from './pipelinetab';
import { PipelineTabs } from './pipelinetabs';
import { CommandIDs, IOrchestJobs } from './tokens';

type Args = ReadonlyPartialJSONObject;

export function addQuickRunCommands(
  app: JupyterFrontEnd,
  service: IOrchestJobs,
  tabs: PipelineTabs,
  documents: IDocumentManager | null
): void {
  const { trans } = service;
  const { commands } = app;
  /** Why a quick run can't be started; empty if it can. */
  const whyNot = (tab: IPipelineTab | null): string =>
    tab === null
      ? trans.__('no pipeline is open')
      : tab.editor.doc.state.broken
        ? trans.__('the pipeline can’t be read')
        : tab.quick.isActive
          ? trans.__('a quick run goes on')
          : tab.editor.meant.length === 0
            ? trans.__('no step is selected')
            : '';
  const run = async (args: Args, key: 'steps' | 'up_to') => {
    const tab = tabs.meant(args);
    if (tab === null || whyNot(tab) !== '') {
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
  const shared = (label: string, caption: string) => ({
    label: (args: Args) => labelWith(label, whyNot(tabs.meant(args)), trans),
    // In the toolbar, the caption is all that there is room for.
    caption: (args: Args) =>
      labelWith(caption, whyNot(tabs.meant(args)), trans),
    isEnabled: (args: Args) => whyNot(tabs.meant(args)) === ''
  });
  commands.addCommand(CommandIDs.runSteps, {
    ...shared(
      trans.__('Run selected steps'),
      trans.__(
        'Run the selected steps to see how they go, with the parameters in the pipeline'
      )
    ),
    icon: runIcon,
    describedBy: describedByTab(trans),
    execute: args => run(args, 'steps')
  });
  commands.addCommand(CommandIDs.runUpTo, {
    ...shared(
      trans.__('Run up to here'),
      trans.__(
        'Run the selected steps and all on which they depend, with the parameters in the pipeline'
      )
    ),
    describedBy: describedByTab(trans),
    execute: args => run(args, 'up_to')
  });
}
