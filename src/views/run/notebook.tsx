/** The executed notebook of a step, shut into a frame. */

import { IThemeManager } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import { IJobsClient } from '../../api/client';
import { RunDetail, StepRun } from '../../api/types';
import { DownloadLink } from '../../components/download';
import { hasEnded } from '../../domain/status';
import { IActions, INotebookPlace } from '../actions';
import { FRAME_SANDBOX } from '../notebook/sandbox';
import { useIsLight } from '../notebook/theme';

export function NotebookPane(props: {
  run: RunDetail;
  step: StepRun;
  place: INotebookPlace;
  client: IJobsClient;
  actions: IActions;
  themes: IThemeManager | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { run, step, place, client, actions, themes, trans } = props;
  const light = useIsLight(themes);
  const [asked, setAsked] = useState(0);
  if (!step.has_notebook) {
    return (
      <p className="jp-OrchestJobs-noLog">
        {hasEnded(step.status)
          ? trans.__('This step has left no notebook.')
          : trans.__('There is no notebook before the step has started.')}
      </p>
    );
  }
  const url = client.htmlUrl(run.id, step.step, light ? 'light' : 'dark');
  // Another execution, another page; while it goes on, only when somebody asks for it.
  const version = [step.attempt, step.tries, step.status, asked, light].join();
  return (
    <div className="jp-OrchestJobs-fill">
      <div className="jp-OrchestJobs-tools">
        <Button
          className="jp-OrchestJobs-button jp-mod-styled"
          onClick={() => actions.openNotebook(place)}
        >
          {trans.__('Open in tab')}
        </Button>
        <Button
          className="jp-OrchestJobs-button jp-mod-styled"
          title={trans.__(
            'As JupyterLab shows notebooks: formulas without a network, no scripts'
          )}
          onClick={() => actions.openNotebookView(place)}
        >
          {trans.__('Open as notebook view')}
        </Button>
        {!hasEnded(step.status) && (
          <Button
            className="jp-OrchestJobs-button jp-mod-styled"
            onClick={() => setAsked(asked + 1)}
          >
            {trans.__('Show what is there now')}
          </Button>
        )}
        <DownloadLink
          href={client.notebookUrl(run.id, step.step)}
          label={trans.__('Download notebook')}
        />
      </div>
      <Page key={version} url={url} title={place.title} trans={trans} />
    </div>
  );
}

function Page(props: {
  url: string;
  title: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { url, title, trans } = props;
  const [ready, setReady] = useState(false);
  return (
    <div className="jp-OrchestJobs-page" aria-busy={!ready}>
      {!ready && (
        <p className="jp-OrchestJobs-noLog">
          {trans.__('Rendering the notebook…')}
        </p>
      )}
      <iframe
        src={url}
        title={title}
        sandbox={FRAME_SANDBOX.join(' ')}
        referrerPolicy="no-referrer"
        onLoad={() => setReady(true)}
      />
    </div>
  );
}
