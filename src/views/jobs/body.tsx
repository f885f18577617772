/** What the sidebar shows: the jobs, or why there are none. */

import { addIcon, Button } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { EmptyState, Notice } from '../../components/notice';
import { useObservable } from '../../hooks/observable';
import { ILiveState, Live } from '../../models/live';
import { IJobsSidebarOptions } from './index';
import { JobList } from './list';

export function JobsBody(props: IJobsSidebarOptions): JSX.Element {
  const { jobs: model, live, actions, trans } = props;
  const { jobs, more, selected } = useObservable(model);
  const server = useObservable(live);
  return (
    <>
      <div className="jp-OrchestJobs-sidebarHeader">
        <h2>{trans.__('Jobs')}</h2>
        <Button
          className="jp-OrchestJobs-new"
          minimal
          aria-label={trans.__('New job…')}
          title={trans.__('Choose a pipeline and configure a job for it')}
          onClick={() => actions.newJob()}
        >
          <addIcon.react tag="span" />
        </Button>
      </div>
      <ServerNotice state={server} live={live} trans={trans} />
      {server.notice !== '' && (
        <Notice kind="warning" live>
          <span>{server.notice}</span>
          <Button
            className="jp-OrchestJobs-button jp-mod-styled"
            onClick={() => live.dismissNotice()}
          >
            {trans.__('Dismiss')}
          </Button>
        </Notice>
      )}
      {jobs === null ? (
        server.server === 'starting' || server.server === 'ok' ? (
          <Skeleton />
        ) : null
      ) : jobs.length === 0 ? (
        <NoJobs trans={trans} onNew={() => actions.newJob()} />
      ) : (
        <>
          <JobList
            jobs={jobs}
            selected={selected}
            trans={trans}
            onSelect={id => model.select(id)}
            onOpen={actions.openJob}
          />
          {more && (
            <Button
              className="jp-OrchestJobs-more"
              minimal
              onClick={() => void model.loadMore()}
            >
              {trans.__('Show older jobs')}
            </Button>
          )}
        </>
      )}
    </>
  );
}

function ServerNotice(props: {
  state: ILiveState;
  live: Live;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { state, live, trans } = props;
  if (state.server === 'ok' || state.server === 'starting') {
    return null;
  }
  const text =
    state.server === 'missing'
      ? trans.__(
          'This Jupyter server can’t run jobs: the server extension jupyter_orchest_jobs is not enabled. Install the package into the environment of the server and restart it.'
        )
      : state.server === 'unreachable'
        ? trans.__(
            'The Jupyter server doesn’t answer. Jobs go on without it; this list comes up to date as soon as it is back.'
          )
        : trans.__('The Jupyter server refused: %1', state.message);
  return (
    <Notice kind="warning" live>
      <span>{text}</span>
      <Button
        className="jp-OrchestJobs-button jp-mod-styled"
        onClick={() => live.retry()}
      >
        {trans.__('Retry')}
      </Button>
    </Notice>
  );
}

function NoJobs(props: {
  trans: TranslationBundle;
  onNew: () => void;
}): JSX.Element {
  const { trans } = props;
  return (
    <EmptyState
      title={trans.__('No jobs yet')}
      action={{ label: trans.__('New job…'), onClick: props.onNew }}
    >
      <p>
        {trans.__(
          'A job takes a snapshot of a project and runs a pipeline from it, once for each combination of parameter values, while you go on editing.'
        )}
      </p>
      <p>
        {trans.__(
          'To start one, choose “New job…”, or right-click a pipeline (.orchest) in the file browser and choose “Run as job”.'
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

/** The shape of what is to come. */
function Skeleton(): JSX.Element {
  return (
    <div className="jp-OrchestJobs-skeleton" aria-hidden="true">
      {[0, 1, 2].map(index => (
        <div key={index} />
      ))}
    </div>
  );
}
