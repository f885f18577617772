/** Where the runs are executed: on this machine, or on the cluster. */

import React, { useEffect, useId } from 'react';

import { Notice } from '../../../components/notice';
import { lacking, resourceWords } from '../../../domain/cluster';
import { IPolicies } from '../../../domain/policyfields';
import { policyWords } from '../../../domain/policywords';
import { useObservable } from '../../../hooks/observable';
import { useOwned } from '../../../hooks/owned';
import { ClusterModel } from '../../../models/cluster';
import { ClusterState } from '../../cluster/state';
import { ISectionProps } from './section';

type Place = IPolicies['executor'];

export function PlaceSection(props: ISectionProps): JSX.Element {
  const { job, change, block, client, actions, readOnly, trans } = props;
  const model = useOwned(() => new ClusterModel(client));
  const seen = useObservable(model);
  const name = useId();
  const { policies, resources } = job;
  const onCluster = policies.executor === 'dask';
  useEffect(() => model.watch(onCluster), [model, onCluster]);
  const { cluster } = seen;
  const isSetUp = cluster !== null && cluster.address !== '';
  const why = !onCluster || cluster === null ? '' : whyNot(cluster, trans);
  useEffect(() => {
    block(why);
    return () => block('');
  }, [block, why]);
  const wanted = resourceWords(resources);
  const lacks =
    onCluster && cluster !== null ? lacking(resources, cluster, trans) : [];
  const places: [Place, string, string][] = [
    [
      'local',
      trans.__('This machine'),
      trans.__('Where the Jupyter server is')
    ],
    [
      'dask',
      trans.__('The cluster'),
      isSetUp || onCluster
        ? trans.__('On the workers of a Dask cluster')
        : trans.__('No cluster is set up')
    ]
  ];
  return (
    <div className="jp-OrchestJobs-place">
      <div
        role="radiogroup"
        aria-label={policyWords('executor', trans).label}
        className="jp-OrchestJobs-places"
      >
        {places.map(([value, label, hint]) => (
          <label key={value} className="jp-OrchestJobs-check" title={hint}>
            <input
              type="radio"
              name={name}
              value={value}
              checked={policies.executor === value}
              disabled={
                readOnly || (value === 'dask' && !isSetUp && !onCluster)
              }
              onChange={() =>
                change({ policies: { ...policies, executor: value } })
              }
            />
            {label}
          </label>
        ))}
      </div>
      {isSetUp && <ClusterState seen={seen} trans={trans} />}
      {cluster !== null &&
        !isSetUp &&
        (onCluster ? (
          <Notice kind="warning">
            {trans.__('No cluster is set up: the job can’t be started.')}
          </Notice>
        ) : (
          <p className="jp-OrchestJobs-help">
            {trans.__(
              'No cluster is set up. With one, runs can be on its workers.'
            )}
          </p>
        ))}
      {cluster === null && seen.message !== '' && (
        <Notice kind="error">{seen.message}</Notice>
      )}
      <button
        className="jp-OrchestJobs-link"
        onClick={() => void actions.showCluster().then(() => model.look())}
      >
        {isSetUp ? trans.__('Cluster…') : trans.__('Set up a cluster…')}
      </button>
      {onCluster && isSetUp && !cluster.shared && (
        <p className="jp-OrchestJobs-help">
          {trans.__(
            'Steps use what is installed on the workers; frozen environments stay here.'
          )}
        </p>
      )}
      {onCluster && wanted !== '' && (
        <p className="jp-OrchestJobs-help">
          {trans.__('Each run asks for: %1', wanted)}
        </p>
      )}
      {onCluster && why === '' && cluster?.state?.connected === false && (
        <Notice kind="warning" live>
          {trans.__('Runs can’t start on the cluster before it is connected.')}
        </Notice>
      )}
      {lacks.map(text => (
        <Notice key={text} kind="warning" live>
          {trans.__('%1 The runs would fail at once.', text)}
        </Notice>
      ))}
    </div>
  );
}

/** Why a job can't be started on the cluster; empty if it can. */
function whyNot(
  cluster: { readonly address: string; readonly installed: boolean },
  trans: ISectionProps['trans']
): string {
  return cluster.address === ''
    ? trans.__('no cluster is set up')
    : cluster.installed
      ? ''
      : trans.__('the package that talks to clusters is missing');
}
