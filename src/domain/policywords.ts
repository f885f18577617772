/** What policies are called, and what they do. */

import {
  changedPolicies,
  IPolicies,
  IPolicyField,
  PolicyGroup,
  PolicyName,
  PolicyValue,
  showPolicy,
  whyNoEffect
} from './policyfields';
import { IWords } from './words';

export interface IPolicyWords {
  readonly label: string;
  readonly help: string;
}

export function groupTitle(group: PolicyGroup, trans: IWords): string {
  switch (group) {
    case 'firings':
      return trans.__('Firings');
    case 'runs':
      return trans.__('Runs and steps');
    case 'retention':
      return trans.__('What is kept');
    case 'environments':
      return trans.__('Environments');
    case 'place':
      return trans.__('Where it runs');
  }
}

export function policyWords(name: PolicyName, trans: IWords): IPolicyWords {
  const words = (label: string, help: string) => ({ label, help });
  switch (name) {
    case 'catch_up':
      return words(
        trans.__('Late firings'),
        trans.__('Firings that came while nobody carried jobs out.')
      );
    case 'overlap':
      return words(
        trans.__('Overlap'),
        trans.__('A firing while runs of the job are unfinished.')
      );
    case 'start_at':
      return words(trans.__('Not before'), trans.__('No firing before it.'));
    case 'end_at':
      return words(trans.__('Not after'), trans.__('No firing after it.'));
    case 'max_batches':
      return words(
        trans.__('Most batches'),
        trans.__('The schedule ends after so many; empty: it goes on.')
      );
    case 'run_timeout_s':
      return words(
        trans.__('Run timeout'),
        trans.__('Longest time of a run, waiting included; empty: no limit.')
      );
    case 'step_timeout_s':
      return words(
        trans.__('Step timeout'),
        trans.__('Longest time of one try of a step; empty: no limit.')
      );
    case 'step_retries':
      return words(
        trans.__('Retries of a step'),
        trans.__('How often a failed step is tried again.')
      );
    case 'retry_delay_s':
      return words(
        trans.__('Delay before a retry'),
        trans.__('Wait before the first one.')
      );
    case 'retry_backoff':
      return words(
        trans.__('Backoff'),
        trans.__('Each further wait is so many times as long, up to an hour.')
      );
    case 'on_step_failure':
      return words(
        trans.__('When a step fails'),
        trans.__('What becomes of steps that don’t depend on it.')
      );
    case 'stop_batch_after':
      return words(
        trans.__('Stop a batch after'),
        trans.__(
          'After so many failed runs, those that wait are cancelled; empty: never.'
        )
      );
    case 'max_runs':
      return words(
        trans.__('Most runs at once'),
        trans.__('Of this job; empty: only the limits over all jobs.')
      );
    case 'priority':
      return words(
        trans.__('Priority'),
        trans.__('Jobs with a higher one start their runs first.')
      );
    case 'resume_interrupted':
      return words(
        trans.__('Resume interrupted runs'),
        trans.__('How often a run whose process died goes on by itself.')
      );
    case 'freeze_environments':
      return words(
        trans.__('Freeze the environments of this job'),
        trans.__(
          'Runs work with the packages that are installed now, whatever happens to them later.'
        )
      );
    case 'preload':
      return words(
        trans.__('Preload'),
        trans.__(
          'Python modules that notebooks import, such as numpy, pandas: imported once and shared by all kernels.'
        )
      );
    case 'executor':
      return words(
        trans.__('Runs on'),
        trans.__('Where the runs of this job are executed.')
      );
    case 'keep_runs':
      return words(
        trans.__('Keep runs'),
        trans.__('The newest so many ended runs; empty: any number.')
      );
    case 'keep_days':
      return words(
        trans.__('Keep days'),
        trans.__('Ended runs stay for so many days; empty: for ever.')
      );
    case 'keep_bytes':
      return words(
        trans.__('Keep size'),
        trans.__(
          'Ended runs that together take no more on the disk; empty: any size.'
        )
      );
    case 'keep_logs':
      return words(
        trans.__('Keep logs'),
        trans.__(
          'Older runs lose only their files; without it, they are deleted altogether.'
        )
      );
  }
}

/** A choice of a policy in words. */
export function choiceWords(
  name: PolicyName,
  choice: string,
  trans: IWords
): string {
  switch (`${name} ${choice}`) {
    case 'catch_up latest':
      return trans.__('the newest fires');
    case 'catch_up all':
      return trans.__('all fire');
    case 'catch_up skip':
      return trans.__('none fires');
    case 'overlap skip':
      return trans.__('is skipped');
    case 'overlap queue':
      return trans.__('waits for their end');
    case 'overlap allow':
      return trans.__('fires all the same');
    case 'on_step_failure finish':
      return trans.__('they still run');
    case 'on_step_failure stop':
      return trans.__('the run ends at once');
    case 'executor local':
      return trans.__('this machine');
    case 'executor dask':
      return trans.__('the cluster');
    default:
      return choice;
  }
}

/** A value in words, for people who don't type it. */
export function policyValueWords(
  field: IPolicyField,
  value: PolicyValue,
  trans: IWords,
  formatTime: (iso: string) => string
): string {
  if (value === null) {
    return trans.__('no limit');
  }
  if (field.type === 'modules' && showPolicy(field, value) === '') {
    return trans.__('none');
  }
  if (field.type === 'time' && typeof value === 'string') {
    return formatTime(value);
  }
  if (typeof value === 'boolean') {
    return value ? trans.__('yes') : trans.__('no');
  }
  return field.type === 'choice'
    ? choiceWords(field.name, String(value), trans)
    : showPolicy(field, value);
}

/** What differs from the defaults and has an effect, on one line. */
export function policySummary(
  policies: IPolicies,
  kind: 'now' | 'once' | 'cron',
  trans: IWords,
  formatTime: (iso: string) => string
): string {
  const said = changedPolicies(policies)
    .filter(({ name }) => whyNoEffect(name, kind, policies, trans) === '')
    .map(field => {
      const value = policies[field.name];
      const words = policyValueWords(field, value, trans, formatTime);
      return trans.__('%1: %2', policyWords(field.name, trans).label, words);
    });
  return said.length > 0 ? said.join(' · ') : trans.__('Everything as usual');
}
