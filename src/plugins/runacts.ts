/** What can be done with a run, from its tab and from the table of runs. */
/* eslint-disable jupyter/prefer-lazy-imports -- small, and needed as soon as Lab starts */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  deleteIcon,
  LabIcon,
  refreshIcon,
  runIcon as playIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { Run } from '../api/types';
import { pinIcon } from '../components/icons';
import { concernsRun, RunAct, whyNotRun } from '../domain/permits';
import { formatBytes } from '../domain/sizes';
import { labelWith, stringArg, stringArgs } from './args';
import { attempt, confirm } from './dialogs';
import { IOrchestJobs, RUN_COMMANDS } from './tokens';

interface IRunCommand {
  readonly act: RunAct;
  readonly label: string;
  readonly caption: string;
  readonly icon: LabIcon;
  /** The title of a refusal. */
  readonly refusal: string;
  readonly execute: (id: string) => Promise<void>;
}

export const runActsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-orchest-jobs:run-acts',
  description: 'Retries, resumes, pins, cancels and deletes runs.',
  autoStart: true,
  requires: [IOrchestJobs],
  activate: (app: JupyterFrontEnd, service: IOrchestJobs): void => {
    const { runs, trans } = service;
    const { commands } = app;
    const describedBy = stringArgs({
      id: trans.__('Id of the run; without it, the one pointed at in the table')
    });

    /** The run pointed at, if it is the one that is meant. */
    const known = (args: ReadonlyPartialJSONObject): Run | null => {
      const id = stringArg(args, 'id');
      const { pointed } = runs.state;
      return id === null || id === pointed?.id ? pointed : null;
    };
    const whyNot = (act: RunAct, args: ReadonlyPartialJSONObject): string => {
      // A tab, which names its run, knows it better; the server decides anyway.
      const run = stringArg(args, 'id') === null ? known(args) : null;
      return run === null ? '' : whyNotRun(act, run, trans);
    };

    for (const command of runCommands(service)) {
      const { act, label, caption, icon, refusal, execute } = command;
      commands.addCommand(RUN_COMMANDS[act], {
        label: args => labelWith(label, whyNot(act, args), trans),
        caption,
        icon,
        describedBy,
        isEnabled: args =>
          (stringArg(args, 'id') ?? known(args)) !== null &&
          whyNot(act, args) === '',
        isVisible: args => {
          const run = known(args);
          return run === null || concernsRun(act, run);
        },
        execute: async args => {
          const id = stringArg(args, 'id') ?? known(args)?.id;
          if (id !== undefined) {
            await attempt(refusal, () => execute(id), trans);
          }
        }
      });
    }
    runs.changed.connect(() => {
      for (const command of Object.values(RUN_COMMANDS)) {
        commands.notifyCommandChanged(command);
      }
    });
  }
};

function runCommands({ client, runs, trans }: IOrchestJobs): IRunCommand[] {
  return [
    {
      act: 'retry',
      label: trans.__('Retry run'),
      caption: trans.__(
        'Execute every step again, in a fresh working copy of the snapshot'
      ),
      icon: refreshIcon,
      refusal: trans.__('The run could not be retried'),
      execute: id => runs.repeat(id, 'retry')
    },
    {
      act: 'resume',
      label: trans.__('Resume from the failed step'),
      caption: trans.__(
        'Execute the steps that have not succeeded, in the working copy as the failed attempt left it'
      ),
      icon: playIcon,
      refusal: trans.__('The run could not be resumed'),
      execute: id => runs.repeat(id, 'resume')
    },
    {
      act: 'pin',
      label: trans.__('Pin run'),
      caption: trans.__('Keep this run when old ones are deleted'),
      icon: pinIcon,
      refusal: trans.__('The run could not be pinned'),
      execute: id => runs.pin(id, true)
    },
    {
      act: 'unpin',
      label: trans.__('Unpin run'),
      caption: trans.__('Let this run be deleted when it is old'),
      icon: pinIcon,
      refusal: trans.__('The run could not be unpinned'),
      execute: id => runs.pin(id, false)
    },
    {
      act: 'cancel',
      label: trans.__('Cancel run…'),
      caption: trans.__('Stop this run; the other runs of its job go on'),
      icon: stopIcon,
      refusal: trans.__('The run could not be cancelled'),
      execute: async id => {
        const question = {
          title: trans.__('Cancel this run?'),
          body: trans.__(
            'Its steps are stopped. The other runs of the job go on.'
          ),
          ok: trans.__('Cancel run'),
          keep: trans.__('Let it run'),
          loses: true
        };
        if (await confirm(question)) {
          await runs.cancel(id);
        }
      }
    },
    {
      act: 'delete',
      label: trans.__('Delete run…'),
      caption: trans.__('Delete this run with its files, logs and notebooks'),
      icon: deleteIcon,
      refusal: trans.__('The run could not be deleted'),
      execute: async id => {
        const run = await client.getRun(id);
        const { number, size_bytes } = run;
        const question = {
          title: trans.__('Delete run %1?', number),
          body:
            size_bytes === null
              ? trans.__('Its files, logs and notebooks will be gone.')
              : trans.__(
                  'Its files, logs and notebooks will be gone: %1.',
                  formatBytes(size_bytes)
                ),
          ok: trans.__('Delete run'),
          keep: trans.__('Keep it'),
          loses: true
        };
        if (await confirm(question)) {
          await runs.delete(run);
        }
      }
    }
  ];
}
