/** What the user should know of the server before looking at jobs. */

import { Button } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Notice } from '../../components/notice';
import { ILiveState, Live } from '../../models/live';

export function Notices(props: {
  state: ILiveState;
  live: Live;
  trans: TranslationBundle;
}): JSX.Element {
  const { state, live, trans } = props;
  return (
    <>
      <ServerNotice {...props} />
      {state.notice !== '' && (
        <Notice kind="warning" live>
          <span>{state.notice}</span>
          <Button
            className="jp-OrchestJobs-button jp-mod-styled"
            onClick={() => live.dismissNotice()}
          >
            {trans.__('Dismiss')}
          </Button>
        </Notice>
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
