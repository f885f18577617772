/** Jobs, runs and steps with defaults: a test names only what it is about. */

/* eslint-disable jupyter/no-untranslated-string -- titles as users give them */

import { Cluster, Job, JobDetail, RunDetail, StepRun } from '../../api/types';

const AT = '2026-11-22T12:00:00.000Z';

const POLICIES: JobDetail['policies'] = {
  catch_up: 'latest',
  overlap: 'skip',
  start_at: null,
  end_at: null,
  max_batches: null,
  run_timeout_s: null,
  step_timeout_s: null,
  step_retries: 0,
  retry_delay_s: 10,
  retry_backoff: 2,
  on_step_failure: 'finish',
  stop_batch_after: null,
  max_runs: null,
  priority: 0,
  resume_interrupted: 0,
  freeze_environments: true,
  preload: [],
  executor: 'local',
  keep_runs: 250,
  keep_days: null,
  keep_bytes: null,
  keep_logs: true
};

/** A schedule that fires every night. */
export const NIGHTLY: Job['schedule'] = {
  kind: 'cron',
  at: null,
  cron: '30 2 * * *',
  zone: 'UTC',
  description: 'every day at 02:30 UTC'
};

export function aJob(fields: Partial<JobDetail> = {}): JobDetail {
  const number = fields.number ?? 1;
  return {
    id: `job-${number}`,
    number,
    name: `Job ${number}`,
    status: 'running',
    message: null,
    project: '/home/me/project',
    pipeline_path: 'train.orchest',
    pipeline_name: 'train',
    quick: false,
    snapshot: {
      status: 'ready',
      files: 3,
      bytes: 1234,
      files_done: 3,
      bytes_done: 1234,
      commit: null,
      dirty: null,
      skipped: [],
      taken_at: AT
    },
    runs: {
      total: 0,
      pending: 0,
      running: 0,
      succeeded: 0,
      failed: 0,
      cancelled: 0,
      interrupted: 0
    },
    schedule: {
      kind: 'now',
      at: null,
      cron: null,
      zone: null,
      description: 'now'
    },
    next_firing_at: null,
    batches: 1,
    size_bytes: 0,
    start_requested: true,
    cancel_requested: false,
    first_failed_run: null,
    created_at: AT,
    started_at: AT,
    finished_at: null,
    revision: 1,
    parameters: [],
    steps_left_out: 0,
    parameters_file: null,
    selection: { base: 'all', rules: [], exceptions: [] },
    env_variables: {},
    secrets: [],
    steps: [],
    policies: POLICIES,
    warnings: [],
    environments: [],
    environment_warnings: [],
    resources: {},
    ...fields
  };
}

export function aRun(fields: Partial<RunDetail> = {}): RunDetail {
  const number = fields.number ?? 1;
  return {
    id: `run-${number}`,
    job_id: 'job-1',
    job_number: 1,
    number,
    batch: 1,
    status: 'running',
    cause: null,
    message: null,
    attempt: 1,
    kind: 'first',
    retry_requested: false,
    pinned: false,
    size_bytes: null,
    has_files: true,
    parameters: {},
    texts: {},
    cells: null,
    metrics: {},
    steps_total: 0,
    steps_done: 0,
    failed_step: null,
    cancel_requested: false,
    created_at: AT,
    started_at: AT,
    finished_at: null,
    revision: 1,
    job_name: 'Job 1',
    pipeline_path: 'train.orchest',
    steps: [],
    attempts: [],
    executor: 'local',
    host: null,
    ...fields
  };
}

export function aStep(fields: Partial<StepRun> = {}): StepRun {
  return {
    step: 'step-1',
    title: 'Fit',
    file_path: 'fit.ipynb',
    kind: 'notebook',
    incoming: [],
    status: 'pending',
    cause: null,
    message: null,
    cells: null,
    cells_done: 0,
    failed_cell: null,
    limits: [],
    attempt: 1,
    tries: 1,
    max_tries: 1,
    has_log: false,
    logs: [],
    has_notebook: false,
    started_at: null,
    finished_at: null,
    ...fields
  };
}

export function aCluster(fields: Partial<Cluster> = {}): Cluster {
  return {
    address: '',
    slots: 1,
    tls_ca: '',
    tls_cert: '',
    tls_key: '',
    store: '',
    shared: false,
    installed: true,
    state: null,
    message: null,
    ...fields
  };
}
