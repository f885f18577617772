/** What the sidebar shows: the jobs, or why there are none. */

import { Button } from '@jupyterlab/ui-components';
import React, { useEffect, useMemo, useRef } from 'react';

import {
  filterJobs,
  groupJobs,
  isFiltered,
  linesOf,
  pipelinesOf,
  sortJobs
} from '../../domain/joblist';
import { useObservable } from '../../hooks/observable';
import { NoJobs, NothingMatches } from './empty';
import { Filters } from './filters';
import { JobsHeader } from './header';
import { IJobsSidebarOptions } from './options';
import { JobList } from './list';
import { Notices } from './notices';
import { Selection } from './selection';
import { Skeleton } from './skeleton';

export function JobsBody(props: IJobsSidebarOptions): JSX.Element {
  const { jobs: model, list, live, actions, trans, onMenu } = props;
  const { jobs, more, selected, marked } = useObservable(model);
  const { query, collapsed } = useObservable(list);
  const server = useObservable(live);
  const root = useRef<HTMLDivElement>(null);
  const all = jobs ?? [];
  const shown = useMemo(
    () => filterJobs(all, query, trans),
    [jobs, query, trans]
  );
  const lines = useMemo(
    () =>
      linesOf(groupJobs(sortJobs(shown, query.sort), server.root), collapsed),
    [shown, query.sort, server.root, collapsed]
  );
  const pipelines = useMemo(() => pipelinesOf(all), [jobs]);

  // What can't be seen must not be deleted with the others.
  useEffect(() => {
    if (marked.length > 1) {
      const seen = new Set(lines.map(line => line.key));
      const left = marked.filter(id => seen.has(id));
      if (left.length < marked.length) {
        const current = selected !== null && seen.has(selected);
        model.mark(left, current ? selected : (left[0] ?? null));
      }
    }
  }, [lines]);

  const asking = server.server === 'starting' || server.server === 'ok';
  return (
    <div ref={root} className="jp-OrchestJobs-sidebarBody">
      <JobsHeader
        trans={trans}
        onNew={actions.newJob}
        onRefresh={() => {
          live.retry();
          model.refresh();
        }}
        onMenu={onMenu}
      />
      <Notices state={server} live={live} trans={trans} />
      {jobs === null ? (
        asking && <Skeleton />
      ) : jobs.length === 0 ? (
        <NoJobs trans={trans} onNew={actions.newJob} />
      ) : (
        <>
          <Filters
            query={query}
            pipelines={pipelines}
            trans={trans}
            onChange={change => list.look(change)}
            onDown={() =>
              root.current?.querySelector<HTMLElement>('[role="tree"]')?.focus()
            }
          />
          {isFiltered(query) && shown.length > 0 && (
            <p className="jp-OrchestJobs-found" role="status">
              {trans.__('%1 of %2 jobs', shown.length, all.length)}
              <button
                type="button"
                className="jp-OrchestJobs-link"
                onClick={() => list.clear()}
              >
                {trans.__('Show all')}
              </button>
            </p>
          )}
          {shown.length === 0 ? (
            <NothingMatches
              total={all.length}
              trans={trans}
              onClear={() => list.clear()}
            />
          ) : (
            <JobList
              lines={lines}
              selected={selected}
              marked={marked}
              trans={trans}
              onMark={(ids, current) => model.mark(ids, current)}
              onOpen={actions.openJob}
              onFold={(project, folded) => list.fold(project, folded)}
            />
          )}
          {more && (
            <Button
              className="jp-OrchestJobs-more"
              minimal
              onClick={() => void model.loadMore()}
            >
              {trans.__('Show older jobs')}
            </Button>
          )}
          {marked.length > 1 && (
            <Selection
              count={marked.length}
              trans={trans}
              onAct={actions.selectedJobs}
              onClear={() => model.select(selected)}
            />
          )}
        </>
      )}
    </div>
  );
}
