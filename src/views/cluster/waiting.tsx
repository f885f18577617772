/** Why the runs of a job don't start: the cluster can't take them. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect } from 'react';

import { IJobsClient } from '../../api/client';
import { JobDetail } from '../../api/types';
import { Notice } from '../../components/notice';
import { clusterWords, isHolding } from '../../domain/cluster';
import { useObservable } from '../../hooks/observable';
import { useOwned } from '../../hooks/owned';
import { ClusterModel } from '../../models/cluster';
import { IActions } from '../actions';

interface IWaitingProps {
  readonly job: JobDetail;
  readonly client: IJobsClient;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

/** Nothing as long as runs don't wait for it. */
export function WaitingForCluster(props: IWaitingProps): JSX.Element | null {
  const { policies, runs } = props.job;
  return policies.executor === 'dask' && runs.pending > 0 ? (
    <Waiting {...props} />
  ) : null;
}

function Waiting(props: IWaitingProps): JSX.Element | null {
  const { client, actions, trans } = props;
  const model = useOwned(() => new ClusterModel(client));
  useEffect(() => model.watch(true), [model]);
  const { cluster } = useObservable(model);
  if (cluster === null || !isHolding(cluster)) {
    return null;
  }
  const { word, detail } = clusterWords(cluster, trans);
  return (
    <Notice kind="warning" live>
      <span>
        {trans.__('Runs wait for the cluster: %1.', word)} {detail}
      </span>
      <button
        className="jp-OrchestJobs-link"
        onClick={() => void actions.showCluster().then(() => model.look())}
      >
        {trans.__('Cluster…')}
      </button>
    </Notice>
  );
}
