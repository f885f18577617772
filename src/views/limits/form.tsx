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
    onChange(changes);
  }, [steps, runs, warm, data]);
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
