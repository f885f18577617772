/** What is said when there is no job to show. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { EmptyState } from '../../components/notice';

export function NoJobs(props: {
  trans: TranslationBundle;
  onNew: () => void;
}): JSX.Element {
  const { trans, onNew } = props;
  return (
    <EmptyState
      title={trans.__('No jobs yet')}
      action={{ label: trans.__('New job…'), onClick: onNew }}
    >
      <p>
        {trans.__(
          'A job takes a snapshot of a project and runs a pipeline from it, once for each combination of parameter values, while you go on editing.'
        )}
      </p>
      <p>
        {trans.__(
          'To start one, right-click a pipeline (.orchest), a notebook or a script in the file browser and choose “Run as job…”; or choose a pipeline with “New job…”.'
        )}
      </p>
      <p>
        {trans.__(
          'Lists of values are read from the file <name>.parameters.json beside the pipeline <name>.orchest, if there is one.'
        )}
      </p>
    </EmptyState>
  );
}

export function NothingMatches(props: {
  total: number;
  trans: TranslationBundle;
  onClear: () => void;
}): JSX.Element {
  const { total, trans, onClear } = props;
  return (
    <EmptyState
      title={trans.__('Nothing matches')}
      action={{ label: trans.__('Show all jobs'), onClick: onClear }}
    >
      <p role="status">
        {trans._n(
          'There is %1 job, but it is not like that.',
          'There are %1 jobs, but none is like that.',
          total
        )}
      </p>
    </EmptyState>
  );
}
