/** Name and origin of the job that is edited. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useId, useState } from 'react';

import { JobDetail } from '../../api/types';
import { Notice } from '../../components/notice';
import { ProblemList } from '../../components/problems';
import { StatusLabel } from '../../components/status';
import { baseName } from '../../domain/paths';
import { useObservable } from '../../hooks/observable';
import { IEditorProps } from './props';
import { SnapshotLine } from './snapshot';

export function EditorHeader(props: IEditorProps): JSX.Element | null {
  const { model, trans } = props;
  const { shown, errors } = useObservable(model.draft);
  if (shown === null) {
    return null;
  }
  return (
    <div className="jp-OrchestJobs-editorHeader">
      <div className="jp-OrchestJobs-headerLine">
        <Name {...props} name={shown.name} />
        <StatusLabel thing={shown} trans={trans} />
        <dl className="jp-OrchestJobs-facts">
          <div>
            <dt>{trans.__('Pipeline')}</dt>
            <dd>{shown.pipeline_path}</dd>
          </div>
          <div>
            <dt>{trans.__('Project')}</dt>
            <dd title={shown.project}>{baseName(shown.project)}</dd>
          </div>
        </dl>
      </div>
      {errors.name !== undefined && (
        <Notice kind="error" live>
          {trans.__('Not saved: %1', errors.name)}
        </Notice>
      )}
      <SnapshotLine {...props} job={shown} />
      <Warnings job={shown} trans={trans} />
      {shown.message !== null && <Notice kind="error">{shown.message}</Notice>}
      {!model.auto && (
        <Notice kind="info">
          {trans.__(
            'This job is active. Changes hold for the next batches, once you save them; batches that exist stay as they are.'
          )}
        </Notice>
      )}
    </div>
  );
}

function Name(props: IEditorProps & { name: string }): JSX.Element {
  const { model, name, trans } = props;
  const id = useId();
  /** What the field shows while nothing is in it: a job always has a name. */
  const [empty, setEmpty] = useState(false);
  return (
    <span className="jp-OrchestJobs-name">
      <label htmlFor={id}>{trans.__('Job name')}</label>
      <input
        id={id}
        className="jp-mod-styled"
        value={empty ? '' : name}
        maxLength={255}
        spellCheck={false}
        aria-invalid={empty}
        placeholder={name}
        onChange={event => {
          const { value } = event.target;
          setEmpty(value.trim() === '');
          if (value.trim() !== '') {
            model.draft.change({ name: value });
          }
        }}
        onBlur={() => setEmpty(false)}
      />
    </span>
  );
}

function Warnings(props: {
  job: JobDetail;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { job, trans } = props;
  if (job.warnings.length === 0) {
    return null;
  }
  return (
    <details className="jp-OrchestJobs-details" data-kind="warning">
      <summary>
        {trans._n('%1 warning', '%1 warnings', job.warnings.length)}
      </summary>
      <ProblemList problems={job.warnings} trans={trans} />
    </details>
  );
}
