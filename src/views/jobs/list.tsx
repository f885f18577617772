/**
 * Projects and their jobs as a tree: only the lines that can be seen are in the page. The tree has
 * the focus; the current line is told by aria-activedescendant.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useId, useLayoutEffect, useRef, useState } from 'react';

import { Job } from '../../api/types';
import { JobLine } from '../../domain/joblist';
import { hasEnded } from '../../domain/status';
import { uiLocale, useNow } from '../../hooks/clock';
import { GroupRow } from './grouprow';
import { moveOf } from './keys';
import { JobRow } from './row';
import { useStillness } from './stillness';

export interface IJobListProps {
  readonly lines: readonly JobLine<Job>[];
  readonly selected: string | null;
  readonly marked: readonly string[];
  readonly trans: TranslationBundle;
  readonly onMark: (ids: readonly string[], current: string | null) => void;
  readonly onOpen: (id: string) => void;
  readonly onFold: (project: string, folded: boolean) => void;
}

const SECOND = 1_000;
/** About; lines are measured when they are there. */
const GROUP_HEIGHT = 26;
const JOB_HEIGHT = 62;

export function JobList(props: IJobListProps): JSX.Element {
  const { lines, selected, marked, trans, onMark, onOpen, onFold } = props;
  const scroller = useRef<HTMLDivElement>(null);
  /** Where shift begins. */
  const anchor = useRef<string | null>(null);
  /** The project that is the current line while no job is. */
  const [project, setProject] = useState<string | null>(null);
  const live = lines.some(
    line => line.kind === 'job' && !hasEnded(line.job.status)
  );
  const now = useNow(live ? 10 * SECOND : 60 * SECOND);
  const locale = uiLocale();
  const id = useId();
  const virtual = useVirtualizer({
    count: lines.length,
    estimateSize: index =>
      lines[index].kind === 'group' ? GROUP_HEIGHT : JOB_HEIGHT,
    getItemKey: index => lines[index].key,
    getScrollElement: () => scroller.current,
    overscan: 6
  });
  useStillness(virtual, lines, scroller);

  const found = lines.findIndex(
    ({ key }) => key === (selected ?? `project ${project}`)
  );
  const current = found < 0 ? 0 : found;
  const marks = React.useMemo(() => new Set(marked), [marked]);

  // A job selected from elsewhere, e.g. because it was just made.
  useLayoutEffect(() => {
    if (found >= 0 && document.activeElement !== scroller.current) {
      virtual.scrollToIndex(found);
    }
  }, [selected]);

  const select = (index: number, extend: boolean, toggle: boolean) => {
    const line = lines[index];
    if (line.kind === 'group') {
      setProject(line.group.project);
      onMark([], null);
      return;
    }
    const { id: job } = line.job;
    const from = lines.findIndex(({ key }) => key === anchor.current);
    if (extend && from >= 0) {
      const [first, last] = from < index ? [from, index] : [index, from];
      onMark(jobsOf(lines.slice(first, last + 1)), job);
    } else if (toggle) {
      anchor.current = job;
      const left = marked.filter(other => other !== job);
      const marking = left.length === marked.length;
      onMark(
        marking ? [...left, job] : left,
        marking ? job : (left[left.length - 1] ?? null)
      );
    } else {
      anchor.current = job;
      onMark([job], job);
    }
  };
  const go = (index: number, extend = false) => {
    select(index, extend, false);
    virtual.scrollToIndex(index);
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target !== event.currentTarget) {
      return; // The menu button of a line.
    }
    const line = lines[current];
    const move = moveOf(event, lines, current, found < 0);
    if (move !== null) {
      event.preventDefault();
      go(move, event.shiftKey);
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onMark(jobsOf(lines), selected);
    } else if (event.key === 'Escape' && marked.length > 1) {
      event.preventDefault();
      onMark(selected === null ? [] : [selected], selected);
    } else if (
      event.key === 'ContextMenu' ||
      (event.key === 'F10' && event.shiftKey)
    ) {
      event.preventDefault();
      openMenu(document.getElementById(`${id}-${line.key}`));
    } else if (line.kind === 'group') {
      const folds = { ArrowLeft: true, ArrowRight: false }[event.key];
      const both = event.key === 'Enter' || event.key === ' ';
      if (both || folds !== undefined) {
        event.preventDefault();
        onFold(line.group.project, both ? line.open : folds === true);
      }
    } else if (event.key === 'Enter') {
      event.preventDefault();
      onOpen(line.job.id);
    } else if (event.key === ' ') {
      event.preventDefault();
      select(current, false, true);
    }
  };

  /** The line that an event is about. */
  const indexOf = (event: React.MouseEvent): number => {
    const row = (event.target as Element).closest('[data-index]');
    return row === null ? -1 : Number(row.getAttribute('data-index'));
  };
  const onClick = (event: React.MouseEvent) => {
    const index = indexOf(event);
    if (index < 0) {
      return;
    }
    const line = lines[index];
    const several = event.shiftKey || event.ctrlKey || event.metaKey;
    if ((event.target as Element).closest('[data-menu]') !== null) {
      openMenu(event.target as Element);
    } else if (line.kind === 'group') {
      select(index, false, false);
      onFold(line.group.project, line.open);
    } else {
      select(index, event.shiftKey, event.ctrlKey || event.metaKey);
      if (!several) {
        onOpen(line.job.id);
      }
    }
  };
  const onContextMenu = (event: React.MouseEvent) => {
    const line = lines[indexOf(event)];
    // A menu of one that is selected is a menu of all that are.
    if (line?.kind === 'job' && !marks.has(line.job.id)) {
      select(indexOf(event), false, false);
    } else if (line?.kind === 'job') {
      onMark(marked, line.job.id);
    }
  };

  return (
    <div
      ref={scroller}
      className="jp-OrchestJobs-list"
      role="tree"
      aria-label={trans.__('Jobs by project')}
      aria-multiselectable="true"
      aria-activedescendant={
        lines.length > 0 ? `${id}-${lines[current].key}` : undefined
      }
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onContextMenu={onContextMenu}
    >
      <div
        role="presentation"
        className="jp-OrchestJobs-listBody"
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map(item => {
          const line = lines[item.index];
          const place = {
            id: `${id}-${line.key}`,
            index: item.index,
            top: item.start,
            current: item.index === current,
            measure: virtual.measureElement,
            trans
          };
          return line.kind === 'group' ? (
            <GroupRow key={line.key} {...place} line={line} />
          ) : (
            <JobRow
              key={line.key}
              {...place}
              job={line.job}
              place={line.place}
              of={line.of}
              selected={marks.has(line.job.id)}
              now={now}
              locale={locale}
            />
          );
        })}
      </div>
    </div>
  );
}

function jobsOf(lines: readonly JobLine<Job>[]): string[] {
  return lines.flatMap(line => (line.kind === 'job' ? [line.job.id] : []));
}

/** The context menu of a line, at the line. */
function openMenu(at: Element | null): void {
  if (at !== null) {
    const { left, bottom } = at.getBoundingClientRect();
    const [clientX, clientY] = [left + 16, bottom - 4];
    at.dispatchEvent(
      new MouseEvent('contextmenu', {
        bubbles: true,
        cancelable: true,
        clientX,
        clientY
      })
    );
  }
}
