/** Short names for the generated wire types. */

import { components } from './schema';

type Schemas = components['schemas'];

export type Server = Schemas['ServerAnswer'];
export type Job = Schemas['JobAnswer'];
export type JobDetail = Schemas['JobDetailAnswer'];
export type Run = Schemas['RunAnswer'];
export type RunDetail = Schemas['RunDetailAnswer'];
export type StepRun = Schemas['StepRunAnswer'];
export type Attempt = Schemas['AttemptAnswer'];
export type Batch = Schemas['BatchAnswer'];
export type Firing = Schemas['FiringAnswer'];
export type Log = Schemas['LogAnswer'];
export type Problem = Schemas['ProblemAnswer'];
export type JobsPage = Schemas['JobsAnswer'];
export type RunsPage = Schemas['RunsAnswer'];
export type BatchesPage = Schemas['BatchesAnswer'];
export type FiringsPage = Schemas['FiringsAnswer'];

/** From the beginning in a fresh working copy, or from the failed step in the same one. */
export type RetryKind = Schemas['RetryBatchRequest']['kind'];
/** The project as it is now, or as the job has it. */
export type SnapshotChoice = Schemas['DuplicateRequest']['snapshot'];

/** What a client sends for a new job; the server has defaults for the rest. */
export type NewJob = Pick<Schemas['CreateJobRequest'], 'pipeline_path'> &
  Partial<Schemas['CreateJobRequest']>;
