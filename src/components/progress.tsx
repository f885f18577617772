/** How far a job is, as a bar of segments. The number beside it says the same in words. */

import React from 'react';

import { IRunCounts, segments } from '../domain/progress';

export function ProgressBar(props: { counts: IRunCounts }): JSX.Element {
  return (
    <span className="jp-OrchestJobs-bar" aria-hidden="true">
      {segments(props.counts).map(({ kind, share }) => (
        <span
          key={kind}
          className="jp-OrchestJobs-barPart"
          data-kind={kind}
          style={{ width: `${share * 100}%` }}
        />
      ))}
    </span>
  );
}

/** The same for a share that has no parts. */
export function PlainBar(props: { done: number; total: number }): JSX.Element {
  const share = props.total > 0 ? Math.min(1, props.done / props.total) : 0;
  return (
    <span className="jp-OrchestJobs-bar" aria-hidden="true">
      <span
        className="jp-OrchestJobs-barPart"
        data-kind="running"
        style={{ width: `${share * 100}%` }}
      />
    </span>
  );
}
