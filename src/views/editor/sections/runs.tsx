/** Which combinations are run. */

import React from 'react';

import { ISectionProps } from './section';

export function PipelineRuns(props: ISectionProps): JSX.Element {
  const { job, trans } = props;
  const all = job.parameters.reduce(
    (product, parameter) => product * parameter.texts.length,
    1
  );
  return <p>{trans._n('%1 combination', '%1 combinations', all)}</p>;
}
