/** When the job runs. */

import React from 'react';

import { ISectionProps } from './section';

export function ScheduleSection(props: ISectionProps): JSX.Element {
  return <p>{props.job.schedule.description}</p>;
}
