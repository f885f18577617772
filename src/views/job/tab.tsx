/** The tab of a job: its editor while it is a draft, else what became of it. */

import { CodeEditor } from '@jupyterlab/codeeditor';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { useObservable } from '../../hooks/observable';
import { Editing } from '../../models/editor';
import { IActions } from '../actions';

const JobEditor = React.lazy(
  () => import(/* webpackChunkName: "job-editor" */ '../editor')
);

export function TabBody(props: {
  editing: Editing;
  client: IJobsClient;
  actions: IActions;
  newEditor: CodeEditor.Factory | null;
  trans: TranslationBundle;
  children: React.ReactNode;
}): JSX.Element {
  const { editing, client, actions, newEditor, trans, children } = props;
  const { editor } = useObservable(editing);
  if (editor === null) {
    return <>{children}</>;
  }
  return (
    <React.Suspense
      fallback={
        <div className="jp-OrchestJobs-loading">{trans.__('Loading…')}</div>
      }
    >
      <JobEditor
        model={editor}
        client={client}
        actions={actions}
        newEditor={newEditor}
        trans={trans}
        onClose={() => editing.close()}
      />
    </React.Suspense>
  );
}
