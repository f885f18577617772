/** Which jobs are shown, and in which order. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import {
  IJobQuery,
  JOB_SORTS,
  JOB_STATES,
  JobSort
} from '../../domain/joblist';
import { JobStatus, statusWord } from '../../domain/status';

export function Filters(props: {
  query: IJobQuery;
  pipelines: readonly string[];
  trans: TranslationBundle;
  onChange: (query: Partial<IJobQuery>) => void;
  /** From the search on to what was found. */
  onDown: () => void;
}): JSX.Element {
  const { query, pipelines, trans, onChange, onDown } = props;
  const known =
    query.pipeline === '' || pipelines.includes(query.pipeline)
      ? pipelines
      : [query.pipeline, ...pipelines];
  const states = JOB_STATES.map(status => ({
    value: status,
    label: statusWord(status, trans)
  }));
  return (
    <div className="jp-OrchestJobs-filters" role="search">
      <input
        type="search"
        className="jp-mod-styled"
        aria-label={trans.__('Search jobs')}
        placeholder={trans.__('Search name, pipeline, status …')}
        spellCheck={false}
        value={query.text}
        onChange={event => onChange({ text: event.target.value })}
        onKeyDown={event => {
          if (event.key === 'Escape' && query.text !== '') {
            event.preventDefault();
            onChange({ text: '' });
          } else if (event.key === 'ArrowDown') {
            event.preventDefault();
            onDown();
          }
        }}
      />
      <Choice
        label={trans.__('Status')}
        value={query.status}
        choices={[{ value: '', label: trans.__('All statuses') }, ...states]}
        onChange={status => onChange({ status: status as JobStatus | '' })}
      />
      <Choice
        label={trans.__('Pipeline')}
        value={query.pipeline}
        choices={[
          { value: '', label: trans.__('All pipelines') },
          ...known.map(path => ({ value: path, label: path }))
        ]}
        onChange={pipeline => onChange({ pipeline })}
      />
      <Choice
        label={trans.__('Sort by')}
        value={query.sort}
        choices={JOB_SORTS.map(sort => ({
          value: sort,
          label: sortWord(sort, trans)
        }))}
        onChange={sort => onChange({ sort: sort as JobSort })}
      />
    </div>
  );
}

function sortWord(sort: JobSort, trans: TranslationBundle): string {
  switch (sort) {
    case 'newest':
      return trans.__('Newest first');
    case 'name':
      return trans.__('By name');
    case 'status':
      return trans.__('By status');
    case 'next':
      return trans.__('By next firing');
  }
}

function Choice(props: {
  label: string;
  value: string;
  choices: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}): JSX.Element {
  const { label, value, choices, onChange } = props;
  return (
    <select
      className="jp-mod-styled"
      aria-label={label}
      title={label}
      data-chosen={value !== choices[0].value || undefined}
      value={value}
      onChange={event => onChange(event.target.value)}
    >
      {choices.map(choice => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}
