/** Environment variables of all steps. */

import React from 'react';

import { ISectionProps } from './section';

export function Environment(props: ISectionProps): JSX.Element {
  const { job, trans } = props;
  const names = [...Object.keys(job.env_variables), ...job.secrets];
  return <p>{names.length > 0 ? names.join(', ') : trans.__('None.')}</p>;
}
