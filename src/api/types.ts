/** Short names for the generated wire types. */

import { components } from './schema';

type Schemas = components['schemas'];

export type Server = Schemas['ServerAnswer'];
export type Job = Schemas['JobAnswer'];
export type JobDetail = Schemas['JobDetailAnswer'];
export type Run = Schemas['RunAnswer'];
export type RunDetail = Schemas['RunDetailAnswer'];
export type StepRun = Schemas['StepRunAnswer'];
export type Log = Schemas['LogAnswer'];
export type Problem = Schemas['ProblemAnswer'];
export type JobsPage = Schemas['JobsAnswer'];
export type RunsPage = Schemas['RunsAnswer'];

/** What a client sends for a new job; the server has defaults for the rest. */
export type NewJob = Pick<Schemas['CreateJobRequest'], 'pipeline_path'> &
  Partial<Schemas['CreateJobRequest']>;
