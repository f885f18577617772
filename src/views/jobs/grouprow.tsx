/** A project in the list. */

import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Job } from '../../api/types';
import { JobLine } from '../../domain/joblist';

/** Where a line is. */
export interface ILinePlace {
  readonly id: string;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly current: boolean;
  readonly measure: (node: Element | null) => void;
  readonly trans: TranslationBundle;
}

type GroupLine = Extract<JobLine<Job>, { kind: 'group' }>;

export function GroupRow(props: ILinePlace & { line: GroupLine }): JSX.Element {
  const { id, index, top, current, measure, trans, line } = props;
  const { group, open } = line;
  const Caret = open ? caretDownIcon.react : caretRightIcon.react;
  return (
    <div
      ref={measure}
      id={id}
      data-index={index}
      data-current={current || undefined}
      className="jp-OrchestJobs-project"
      role="treeitem"
      aria-level={1}
      aria-expanded={open}
      aria-selected={false}
      title={group.project}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span className="jp-OrchestJobs-projectCaret" aria-hidden="true">
        <Caret tag="span" />
      </span>
      <span className="jp-OrchestJobs-projectName">{group.title}</span>
      {!group.here && (
        <span className="jp-OrchestJobs-projectPath">{group.project}</span>
      )}
      <span
        className="jp-OrchestJobs-projectCount"
        aria-label={trans._n('%1 job', '%1 jobs', group.jobs.length)}
      >
        {group.jobs.length}
      </span>
    </div>
  );
}
