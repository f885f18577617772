/** Which cluster there is, and how files get there. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useState } from 'react';

import { Cluster, IClusterChanges } from '../../api/types';

/** As many as the server allows. */
const MOST_SLOTS = 1000;

interface ITyped {
  readonly address: string;
  readonly slots: string;
  readonly tls_ca: string;
  readonly tls_cert: string;
  readonly tls_key: string;
  readonly store: string;
  readonly shared: boolean;
}

type TextName = Exclude<keyof ITyped, 'slots' | 'shared'>;

/** What settings look like; they are the same in all languages. */
const EXAMPLES = {
  address: 'tls://scheduler.example.org:8786',
  tls_ca: '/home/ada/dask/ca.pem',
  tls_cert: '/home/ada/dask/cert.pem',
  tls_key: '/home/ada/dask/key.pem'
} as const;

export function ClusterForm(props: {
  cluster: Cluster;
  trans: TranslationBundle;
  /** What differs from the settings; null: what is typed can't be meant. */
  onChange: (changes: IClusterChanges | null) => void;
}): JSX.Element {
  const { cluster, trans, onChange } = props;
  const [typed, setTyped] = useState<ITyped>(() => ({
    address: cluster.address,
    slots: String(cluster.slots),
    tls_ca: cluster.tls_ca,
    tls_cert: cluster.tls_cert,
    tls_key: cluster.tls_key,
    store: cluster.store,
    shared: cluster.shared
  }));
  useEffect(() => onChange(changesOf(typed, cluster)), [typed, cluster]);
  const set = (fields: Partial<ITyped>) => setTyped({ ...typed, ...fields });
  const encrypted = typed.address.trim().startsWith('tls://');
  const goodSlots = slotsOf(typed.slots) !== null;

  const text = (
    name: TextName,
    label: string,
    hint: string,
    more: { placeholder?: string; disabled?: boolean } = {}
  ) => (
    <label className="jp-OrchestJobs-limitsField">
      <span>{label}</span>
      <input
        className="jp-mod-styled"
        spellCheck={false}
        autoComplete="off"
        {...more}
        value={typed[name]}
        onChange={event => set({ [name]: event.target.value })}
      />
      {hint !== '' && <span>{hint}</span>}
    </label>
  );
  return (
    <>
      {text(
        'address',
        trans.__('Address of the scheduler'),
        trans.__('Of a Dask cluster. Empty: there is none.'),
        { placeholder: EXAMPLES.address }
      )}
      <label className="jp-OrchestJobs-limitsAmount">
        <span>{trans.__('Runs at once on each worker')}</span>
        <input
          type="number"
          className="jp-mod-styled"
          min={1}
          max={MOST_SLOTS}
          step={1}
          required
          aria-invalid={!goodSlots || undefined}
          value={typed.slots}
          onChange={event => set({ slots: event.target.value })}
        />
        {!goodSlots && (
          <span data-kind="error">
            {trans.__('A whole number from 1 to %1.', MOST_SLOTS)}
          </span>
        )}
      </label>
      {encrypted && (
        <fieldset className="jp-OrchestJobs-clusterFiles">
          <legend>{trans.__('Files for TLS, on this machine')}</legend>
          {text('tls_ca', trans.__('Authorities'), '', {
            placeholder: EXAMPLES.tls_ca
          })}
          {text('tls_cert', trans.__('Certificate'), '', {
            placeholder: EXAMPLES.tls_cert
          })}
          {text(
            'tls_key',
            trans.__('Private key'),
            trans.__('Only its path is kept.'),
            { placeholder: EXAMPLES.tls_key }
          )}
        </fieldset>
      )}
      <label className="jp-OrchestJobs-limitsSwitch">
        <input
          type="checkbox"
          checked={typed.shared}
          onChange={event => set({ shared: event.target.checked })}
        />
        {trans.__('Workers see the state directory, at the same path')}
      </label>
      {text(
        'store',
        trans.__('Folder through which files travel'),
        typed.shared
          ? trans.__('Not needed: workers see the state directory.')
          : trans.__(
              'A URL that workers and this machine reach, such as s3://bucket/runs. Empty: files go through the cluster.'
            ),
        { disabled: typed.shared }
      )}
      <p className="jp-OrchestJobs-help">
        {trans.__(
          'Whoever reaches a scheduler can run programs as its workers: use a cluster of your own, or of people whom you trust.'
        )}
      </p>
    </>
  );
}

function changesOf(typed: ITyped, cluster: Cluster): IClusterChanges | null {
  const slots = slotsOf(typed.slots);
  if (slots === null) {
    return null;
  }
  const wanted = {
    ...typed,
    address: typed.address.trim(),
    tls_ca: typed.tls_ca.trim(),
    tls_cert: typed.tls_cert.trim(),
    tls_key: typed.tls_key.trim(),
    store: typed.store.trim(),
    slots
  };
  const names = Object.keys(wanted) as (keyof typeof wanted)[];
  return Object.fromEntries(
    names
      .filter(name => wanted[name] !== cluster[name])
      .map(name => [name, wanted[name]])
  );
}

/** The number that was typed, if it is one that the server takes. */
function slotsOf(text: string): number | null {
  const slots = Number(text);
  return text.trim() !== '' &&
    Number.isInteger(slots) &&
    slots >= 1 &&
    slots <= MOST_SLOTS
    ? slots
    : null;
}
