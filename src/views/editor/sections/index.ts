/** The sections below the parameters, in their order. */

import { Environment } from './environment';
import { EnvironmentsSection } from './environments';
import { PlaceSection } from './place';
import { PoliciesSection } from './policies';
import { PipelineRuns } from './runs';
import { ScheduleSection } from './schedule';
import { ISection } from './section';

export const SECTIONS: readonly ISection[] = [
  {
    id: 'runs',
    title: trans => trans.__('Pipeline runs'),
    fields: ['selection'],
    Body: PipelineRuns
  },
  {
    id: 'schedule',
    title: trans => trans.__('Schedule'),
    fields: ['schedule'],
    saysErrors: true,
    Body: ScheduleSection
  },
  {
    id: 'environment',
    title: trans => trans.__('Environment variables'),
    fields: ['env_variables', 'secrets'],
    Body: Environment
  },
  {
    id: 'environments',
    title: trans => trans.__('Environments'),
    fields: [],
    Body: EnvironmentsSection
  },
  {
    id: 'place',
    title: trans => trans.__('Where it runs'),
    fields: [],
    Body: PlaceSection
  },
  {
    id: 'policies',
    title: trans => trans.__('Limits and policies'),
    fields: ['policies'],
    Body: PoliciesSection
  }
];
