/** The cluster in its dialog: how it is, and its settings. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';

import { IClusterChanges } from '../../api/types';
import { Notice } from '../../components/notice';
import { useObservable } from '../../hooks/observable';
import { ClusterModel } from '../../models/cluster';
import { ClusterForm } from './form';
import { ClusterState } from './state';

export function ClusterBody(props: {
  model: ClusterModel;
  trans: TranslationBundle;
  /** Told how to save what is typed. */
  onSave: (save: () => Promise<void>) => void;
}): JSX.Element {
  const { model, trans, onSave } = props;
  const seen = useObservable(model);
  const changes = useRef<IClusterChanges | null>(null);
  const [differs, setDiffers] = useState(false);
  useEffect(() => model.watch(true), [model]);
  const outcome = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (seen.saving === 'saved' || seen.saving === 'refused') {
      outcome.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [seen.saving, seen.refusal]);
  useEffect(() => {
    onSave(async () => {
      if (changes.current !== null) {
        await model.change(changes.current);
      }
    });
  }, [model, onSave]);
  return (
    <>
      <p>
        {trans.__(
          'Jobs can have their runs on the workers of a Dask cluster instead of this machine.'
        )}
      </p>
      <ClusterState seen={seen} trans={trans} />
      <div ref={outcome}>
        {seen.saving === 'refused' && (
          <Notice kind="error" live>
            {trans.__('Not saved: %1', seen.refusal)}
          </Notice>
        )}
        {seen.saving === 'saved' && !differs && (
          <Notice kind="info" live>
            {trans.__('Saved.')}
          </Notice>
        )}
      </div>
      {seen.cluster !== null && (
        <ClusterForm
          cluster={seen.cluster}
          trans={trans}
          onChange={now => {
            changes.current = now;
            setDiffers(now === null || Object.keys(now).length > 0);
          }}
        />
      )}
    </>
  );
}
