/** Short names for the generated wire types. */

import { JsonText, ListsText } from './jsontext';
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
export type Parameter = Schemas['ParameterAnswer'];
export type JobStep = Schemas['JobStepAnswer'];
export type StepCell = Schemas['StepCellAnswer'];
export type Schedule = Schemas['ScheduleAnswer'];
export type Policies = JobDetail['policies'];
export type Selection = Schemas['SelectionAnswer'];
export type Grid = Schemas['GridAnswer'];
export type Combination = Schemas['CombinationAnswer'];
export type SelectResult = Schemas['SelectAnswer'];
export type PipelineFiles = Schemas['PipelineFilesAnswer'];
export type PipelineFile = Schemas['PipelineFileAnswer'];
export type SnapshotDetail = Schemas['SnapshotDetailAnswer'];
export type SnapshotChanges = Schemas['SnapshotChangesAnswer'];
export type Environment = Schemas['EnvironmentAnswer'];
export type EnvironmentDetail = Schemas['EnvironmentDetailAnswer'];
export type EnvironmentChanges = Schemas['EnvironmentChangesAnswer'];
export type Package = Schemas['PackageAnswer'];
export type SchedulePreview = Schemas['PreviewAnswer'];
export type RunFiles = Schemas['RunFilesAnswer'];
export type RunFile = Schemas['RunFileAnswer'];
export type RunNeighbours = Schemas['RunNeighboursAnswer'];
export type RunsActResult = Schemas['RunsActAnswer'];
export type RunsAct = Schemas['RunsActRequest']['act'];
export type Settings = Schemas['SettingsAnswer'];
export type Cluster = Schemas['ClusterAnswer'];
export type IClusterChanges = Partial<Schemas['ClusterRequest']>;
export type Pipeline = Schemas['PipelineAnswer'];
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

/** Values of one parameter; the exact text of the value. */
export interface IRule {
  readonly scope: string;
  readonly name: string;
  readonly value: JsonText;
}

export interface ISelectionRequest {
  readonly base: Selection['base'];
  readonly rules: readonly IRule[];
  readonly exceptions: readonly string[];
}

/** Some combinations of a grid; without anything in it, all. */
export interface IGridFilter {
  readonly text?: string;
  readonly rules?: readonly IRule[];
  readonly included?: boolean;
}

export interface IGridRequest {
  readonly parameters: ListsText;
  readonly selection?: ISelectionRequest;
  readonly filter?: IGridFilter;
  readonly offset?: number;
  readonly limit?: number;
}

export interface ISelectRequest {
  readonly parameters: ListsText;
  readonly selection?: ISelectionRequest;
  readonly include: boolean;
  readonly indexes?: readonly number[];
  readonly filter?: IGridFilter;
}

export type ScheduleRequest = Pick<Schemas['ScheduleRequest'], 'kind'> &
  Partial<Schemas['ScheduleRequest']>;

/** Changes of a job; what is left out stays. */
export interface IJobChanges {
  readonly name?: string;
  readonly parameters?: ListsText;
  readonly parameters_file?: string;
  readonly selection?: ISelectionRequest;
  readonly env_variables?: Readonly<Record<string, string>>;
  /** Null takes one away. */
  readonly secrets?: Readonly<Record<string, string | null>>;
  readonly schedule?: ScheduleRequest;
  readonly policies?: Partial<Policies>;
  readonly accept?: readonly string[];
}

export type ParametersFile = Partial<Schemas['ParametersFileRequest']>;
