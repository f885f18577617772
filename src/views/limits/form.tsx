/** How much is executed at once, and where shared data lie. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useId, useRef, useState } from 'react';

import { Settings } from '../../api/types';

/** Of a kernel's name. */
const EXAMPLE = 'python = python3';
/** As many as the server allows. */
const MOST = 1024;

export function LimitsForm(props: {
  settings: Settings;
  /** What was changed before, and refused. */
  typed: Partial<Settings>;
  /** The names of the kernels that are installed. */
  kernels: readonly string[];
  trans: TranslationBundle;
  /** What differs from the settings; numbers that are none are left out. */
  onChange: (changes: Partial<Settings>) => void;
}): JSX.Element {
  const { settings, kernels, trans, onChange } = props;
  const first = { ...settings, ...props.typed };
  const [steps, setSteps] = useState(String(first.max_step_processes));
  const [runs, setRuns] = useState(String(first.max_runs));
  const [warm, setWarm] = useState(first.warm_processes);
  const [overlays, setOverlays] = useState(first.overlays);
  const [data, setData] = useState(first.data_dir);
  const [names, setNames] = useState(namesText(first.kernel_names));
  const overlaysHint = useId();
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
    if (overlays !== settings.overlays) {
      changes.overlays = overlays;
    }
    if (data.trim() !== settings.data_dir) {
      changes.data_dir = data.trim();
    }
    const read = readNames(names);
    if (
      typeof read !== 'string' &&
      namesText(read) !== namesText(settings.kernel_names)
    ) {
      changes.kernel_names = read;
    }
    onChange(changes);
  }, [steps, runs, warm, overlays, data, names]);
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
      <div className="jp-OrchestJobs-limitsField">
        <label className="jp-OrchestJobs-limitsSwitch">
          <input
            type="checkbox"
            aria-describedby={overlaysHint}
            checked={overlays}
            onChange={event => setOverlays(event.target.checked)}
          />
          {trans.__('Working copies as overlays')}
        </label>
        <span id={overlaysHint}>
          {trans.__(
            'Runs start at once however large the project is. Programs that change the user (sudo) and renaming of the project’s folders don’t work in steps.'
          )}
        </span>
      </div>
      <label className="jp-OrchestJobs-limitsField">
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
      <KernelNames
        value={names}
        kernels={kernels}
        trans={trans}
        onChange={setNames}
      />
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
        {good ? hint : trans.__('A whole number from 1 to %1.', MOST)}
      </span>
    </label>
  );
}

/** What files call kernels: one `name = kernel` a line. */
function KernelNames(props: {
  value: string;
  kernels: readonly string[];
  trans: TranslationBundle;
  onChange: (value: string) => void;
}): JSX.Element {
  const { value, kernels, trans, onChange } = props;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const read = readNames(value);
  const wrong = typeof read === 'string' ? read : null;
  useEffect(() => {
    // The dialog looks for what is invalid at each input, before this one is read here.
    field.current?.setCustomValidity(wrong ?? '');
    field.current?.parentElement?.dispatchEvent(
      new Event('input', { bubbles: true })
    );
  }, [wrong]);
  return (
    <div className="jp-OrchestJobs-limitsField">
      <label htmlFor={id}>{trans.__('Kernel names')}</label>
      <textarea
        id={id}
        ref={field}
        className="jp-mod-styled"
        rows={3}
        spellCheck={false}
        placeholder={EXAMPLE}
        aria-invalid={wrong !== null || undefined}
        aria-describedby={`${id}-hint`}
        value={value}
        onChange={event => onChange(event.target.value)}
      />
      <span
        id={`${id}-hint`}
        data-kind={wrong === null ? undefined : 'error'}
        role="status"
      >
        {wrong !== null
          ? trans.__(
              'Each line is a name, “=” and a kernel, and each name is there once. Not so: %1',
              wrong
            )
          : trans.__(
              'What pipeline files call a kernel, or the UUID of one of Orchest’s environments, and the installed kernel that it stands for: one “name = kernel” a line. Installed: %1.',
              kernels.join(', ') || trans.__('none')
            )}
      </span>
    </div>
  );
}

/** One `name = kernel` a line. */
function namesText(names: Readonly<Record<string, string>>): string {
  return Object.entries(names)
    .map(([name, kernel]) => `${name} = ${kernel}`)
    .join('\n');
}

/** The names that were typed; else the first line that is none, or of a name that was there. */
function readNames(text: string): Record<string, string> | string {
  const names: Record<string, string> = {};
  for (const line of text.split('\n').filter(one => one.trim() !== '')) {
    const at = line.lastIndexOf('=');
    const name = line.slice(0, Math.max(at, 0)).trim();
    const kernel = line.slice(at + 1).trim();
    if (name === '' || kernel === '' || Object.hasOwn(names, name)) {
      return line.trim();
    }
    names[name] = kernel;
  }
  return names;
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
