/** The list of jobs: one option each, moved through with the arrow keys. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useRef } from 'react';

import { Job } from '../../api/types';
import { uiLocale, useNow } from '../../hooks/clock';
import { hasEnded } from '../../domain/status';
import { JobRow } from './row';

export interface IJobListProps {
  readonly jobs: readonly Job[];
  readonly selected: string | null;
  readonly trans: TranslationBundle;
  readonly onSelect: (id: string) => void;
  readonly onOpen: (id: string) => void;
}

const SECOND = 1_000;

export function JobList(props: IJobListProps): JSX.Element {
  const { jobs, selected, trans, onSelect, onOpen } = props;
  const list = useRef<HTMLUListElement>(null);
  const live = jobs.some(job => !hasEnded(job.status));
  const now = useNow(live ? 10 * SECOND : 60 * SECOND);
  const locale = uiLocale();
  const found = jobs.findIndex(job => job.id === selected);
  /** The one that Tab reaches. */
  const current = Math.max(0, found);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const last = jobs.length - 1;
    const to: Record<string, number> = {
      ArrowDown: Math.min(found + 1, last),
      ArrowUp: Math.max(current - 1, 0),
      Home: 0,
      End: last
    };
    if (event.key in to) {
      event.preventDefault();
      onSelect(jobs[to[event.key]].id);
      (list.current?.children[to[event.key]] as HTMLElement).focus();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      onOpen(jobs[current].id);
    }
  };

  return (
    <ul
      ref={list}
      className="jp-OrchestJobs-list"
      role="listbox"
      aria-label={trans.__('Jobs, newest first')}
      onKeyDown={onKeyDown}
    >
      {jobs.map((job, index) => (
        <JobRow
          key={job.id}
          job={job}
          selected={job.id === selected}
          focusable={index === current}
          now={now}
          locale={locale}
          trans={trans}
          onSelect={onSelect}
          onOpen={onOpen}
        />
      ))}
    </ul>
  );
}
