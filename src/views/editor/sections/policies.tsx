/** Limits, retries, what happens when firings overlap or are missed, and what is kept. */

import React from 'react';

import { ISectionProps } from './section';

export function PoliciesSection(props: ISectionProps): JSX.Element {
  const { job, trans } = props;
  const { keep_runs } = job.policies;
  return (
    <p>
      {keep_runs === null
        ? trans.__('All runs are kept.')
        : trans._n(
            'The last %1 run is kept.',
            'The last %1 runs are kept.',
            keep_runs
          )}
    </p>
  );
}
