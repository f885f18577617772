/** How the cluster is, on one line, and what there is to mind. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { problemIcon } from '../../components/icons';
import { Notice } from '../../components/notice';
import { StatusIcon } from '../../components/status';
import { ClusterSign, clusterWords, resourceWords } from '../../domain/cluster';
import { Status } from '../../domain/status';
import { IClusterModelState } from '../../models/cluster';

/** The signs that are those of states. */
const STATUS: Readonly<Record<Exclude<ClusterSign, 'warning'>, Status>> = {
  none: 'draft',
  looking: 'running',
  ok: 'succeeded',
  error: 'failed'
};

export function ClusterState(props: {
  seen: IClusterModelState;
  trans: TranslationBundle;
}): JSX.Element {
  const { seen, trans } = props;
  const { cluster, message } = seen;
  if (cluster === null) {
    return message === '' ? (
      <div className="jp-OrchestJobs-cluster">{trans.__('Loading…')}</div>
    ) : (
      <Notice kind="error">{message}</Notice>
    );
  }
  const { sign, word, detail } = clusterWords(cluster, trans);
  const resources = resourceWords(cluster.state?.resources ?? {});
  const warnings = cluster.state?.warnings ?? [];
  return (
    <div className="jp-OrchestJobs-cluster">
      <div className="jp-OrchestJobs-clusterLine">
        {sign === 'warning' ? (
          <span
            className="jp-OrchestJobs-statusIcon"
            data-status="paused"
            aria-hidden="true"
          >
            <problemIcon.react tag="span" />
          </span>
        ) : (
          <StatusIcon status={STATUS[sign]} />
        )}
        {/* Only this is told when it changes: slots come and go all the time. */}
        <span role="status">{trans.__('Cluster: %1', word)}</span>
        {detail !== '' && <span>{detail}</span>}
      </div>
      {resources !== '' && (
        <div className="jp-OrchestJobs-help">
          {trans.__('The most that one worker has: %1', resources)}
        </div>
      )}
      {warnings.map(warning => (
        <Notice key={warning} kind="warning">
          {warning}
        </Notice>
      ))}
      {message !== '' && <Notice kind="error">{message}</Notice>}
    </div>
  );
}
