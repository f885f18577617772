/** How much is executed at once, and where shared data lie. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useState } from 'react';

import { Settings } from '../../api/types';

/** As many as the server allows. */
const MOST = 1024;

export function LimitsForm(props: {
  settings: Settings;
  trans: TranslationBundle;
  /** What differs from the settings; numbers that are none are left out. */
  onChange: (changes: Partial<Settings>) => void;
}): JSX.Element {
  const { settings, trans, onChange } = props;
  const [steps, setSteps] = useState(String(settings.max_step_processes));
  const [runs, setRuns] = useState(String(settings.max_runs));
  const [warm, setWarm] = useState(settings.warm_processes);
  const [data, setData] = useState(settings.data_dir);
  const [names, setNames] = useState(namesText(settings.kernel_names));
  const read = readNames(names);
  useEffect(() => {
    const changes: Partial<Settings> = {};
    const [steps_n, runs_n] = [amountOf(steps), amountOf(runs)];
    if (steps_n !== null && steps_n !== settings.max_step_processes) {
      changes.max_step_processes = steps_n;
    }
    if (runs_n !== null && runs_n !== settings.max_runs) {
      changes.max_runs = runs_n;
    }
    if (warm !== settings.warm_processes) {
      changes.warm_processes = warm;
    }
    if (data.trim() !== settings.data_dir) {
      changes.data_dir = data.trim();
    }
    if (read !== null && namesText(read) !== namesText(settings.kernel_names)) {
      changes.kernel_names = read;
    }
    onChange(changes);
  }, [steps, runs, warm, data, names]);
  return (
    <>
      <p>
        {trans.__(
          'They hold for all who use the same state directory, and for runs that start from now on.'
        )}
      </p>
      <Amount
        label={trans.__('Steps at once')}
        hint={trans.__('Kernels and scripts, over all jobs.')}
        value={steps}
        trans={trans}
        onChange={setSteps}
      />
      <Amount
        label={trans.__('Runs at once')}
        hint={trans.__('Over all jobs; a job can have a limit of its own.')}
        value={runs}
        trans={trans}
        onChange={setRuns}
      />
      <label className="jp-OrchestJobs-limitsSwitch">
        <input
          type="checkbox"
          checked={warm}
          onChange={event => setWarm(event.target.checked)}
        />
        {trans.__('Start runs and Python kernels from warm processes')}
      </label>
      <label className="jp-OrchestJobs-limitsFolder">
        <span>{trans.__('Folder of shared data')}</span>
        <input
          className="jp-mod-styled"
          spellCheck={false}
          value={data}
          onChange={event => setData(event.target.value)}
        />
        <span>
          {trans.__(
            'What orchest.data_dir() is, for runs and notebooks. Empty: in the state directory. What is in the old one stays there.'
          )}
        </span>
      </label>
      <label className="jp-OrchestJobs-limitsNames">
        <span>{trans.__('Kernel names')}</span>
        <textarea
          className="jp-mod-styled"
          rows={3}
          spellCheck={false}
          aria-invalid={read === null || undefined}
          value={names}
          onChange={event => setNames(event.target.value)}
        />
        <span data-kind={read === null ? 'error' : undefined}>
          {read === null
            ? trans.__('Each line is a name, “=” and a kernel; else all stay.')
            : trans.__(
                'What pipeline files call a kernel, or the UUID of one of Orchest’s environments, and the installed kernel that it stands for: one “name = kernel” a line.'
              )}
        </span>
      </label>
    </>
  );
}

function Amount(props: {
  label: string;
  hint: string;
  value: string;
  trans: TranslationBundle;
  onChange: (value: string) => void;
}): JSX.Element {
  const { label, hint, value, trans, onChange } = props;
  const good = amountOf(value) !== null;
  return (
    <label className="jp-OrchestJobs-limitsAmount">
      <span>{label}</span>
      <input
        type="number"
        className="jp-mod-styled"
        min={1}
        max={MOST}
        step={1}
        required
        aria-invalid={!good || undefined}
        value={value}
        onChange={event => onChange(event.target.value)}
      />
      <span data-kind={good ? undefined : 'error'}>
        {good
          ? hint
          : trans.__('A whole number from 1 to %1; else it stays.', MOST)}
      </span>
    </label>
  );
}

/** One `name = kernel` a line. */
function namesText(names: Readonly<Record<string, string>>): string {
  return Object.entries(names)
    .map(([name, kernel]) => `${name} = ${kernel}`)
    .join('\n');
}

/** The names that were typed; null if a line is none. */
function readNames(text: string): Record<string, string> | null {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const pairs = lines.map(line => {
    const at = line.lastIndexOf('=');
    return [line.slice(0, Math.max(at, 0)).trim(), line.slice(at + 1).trim()];
  });
  return pairs.every(([name, kernel]) => name !== '' && kernel !== '')
    ? Object.fromEntries(pairs)
    : null;
}

/** The number that was typed, if it is one that the server takes. */
function amountOf(text: string): number | null {
  const amount = Number(text);
  return text.trim() !== '' &&
    Number.isInteger(amount) &&
    amount >= 1 &&
    amount <= MOST
    ? amount
    : null;
}
