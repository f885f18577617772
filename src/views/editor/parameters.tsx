/** All parameters: those of the pipeline, then those of each step; or all as one text. */

import { Button } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import { JobDetail } from '../../api/types';
import { Notice } from '../../components/notice';
import { PIPELINE_SCOPE } from '../../domain/parametersfile';
import { baseName, parametersFileOf } from '../../domain/paths';
import { useObservable } from '../../hooks/observable';
import { valuesOf } from '../../models/lists';
import { JsonPane } from './jsonpane';
import { ParameterRow } from './parameterrow';
import { IEditorProps } from './props';

export function Parameters(props: IEditorProps): JSX.Element | null {
  const { model, trans } = props;
  const { shown, errors } = useObservable(model.draft);
  const { json } = useObservable(model.parameters);
  useObservable(model.schemas);
  if (shown === null) {
    return null;
  }
  const scopes = [
    {
      scope: PIPELINE_SCOPE,
      title: trans.__('Pipeline: %1', shown.pipeline_name)
    },
    ...shown.steps.map(({ step, title }) => ({
      scope: step,
      title: trans.__('Step: %1', title)
    }))
  ];
  return (
    <>
      <Toolbar {...props} job={shown} json={json} />
      {errors.parameters !== undefined && (
        <Notice kind="error" live>
          {trans.__('Not saved: %1', errors.parameters)}
        </Notice>
      )}
      {json === null ? (
        scopes.map(({ scope, title }) => (
          <Scope key={scope} {...props} scope={scope} title={title} />
        ))
      ) : (
        <JsonPane {...props} json={json} />
      )}
    </>
  );
}

function Toolbar(
  props: IEditorProps & { job: JobDetail; json: string | null }
): JSX.Element {
  const { model, actions, job, json, trans } = props;
  const { parameters, draft } = model;
  /** Changes of an active job are saved when the user says so. */
  const unsaved = !model.auto && !draft.isSaved;
  const file = job.parameters_file;
  const detected = file === parametersFileOf(job.pipeline_path);
  /** What is written and not saved would come over the file's values, or be missing in it. */
  const saved = (act: 'loadFile' | 'saveFile') => {
    void draft.flush().then(done => {
      if (done) {
        actions.draft(act, job.id);
      }
    });
  };
  const toggle = () => {
    if (json === null) {
      parameters.openJson();
    } else if (parameters.applyJson()) {
      parameters.closeJson();
    }
  };
  return (
    <div className="jp-OrchestJobs-parametersBar">
      {file !== null && (
        <span title={file}>
          {detected
            ? trans.__('from %1 (detected)', baseName(file))
            : trans.__('from %1', baseName(file))}
        </span>
      )}
      {model.auto && (
        <Button
          className="jp-OrchestJobs-act"
          minimal
          title={trans.__(
            'Replace the values with those of a parameters file (.json)'
          )}
          onClick={() => saved('loadFile')}
        >
          {trans.__('Load file…')}
        </Button>
      )}
      <Button
        className="jp-OrchestJobs-act"
        minimal
        disabled={unsaved}
        title={
          unsaved
            ? trans.__('Save or revert your changes first')
            : trans.__('Write these values to a parameters file')
        }
        onClick={() => saved('saveFile')}
      >
        {trans.__('Save as parameters file…')}
      </Button>
      <Button
        className="jp-OrchestJobs-act"
        minimal
        aria-pressed={json !== null}
        title={trans.__('All parameters as one text, as in a parameters file')}
        onClick={toggle}
      >
        {trans.__('{} JSON')}
      </Button>
    </div>
  );
}

function Scope(
  props: IEditorProps & { scope: string; title: string }
): JSX.Element {
  const { model, newEditor, scope, title, trans } = props;
  const { shown, lists } = useObservable(model.draft);
  const { edits } = useObservable(model.parameters);
  const mine = edits.filter(edit => edit.scope === scope);
  const fresh = new Set(
    mine
      .map(({ name }) => name)
      .filter(name => valuesOf(lists, scope, name).length === 0)
  );
  const names = [...Object.keys(lists[scope] ?? {}), ...fresh];
  return (
    <section className="jp-OrchestJobs-scope" aria-label={title}>
      <h3>{title}</h3>
      {names.map(name => (
        <ParameterRow
          key={name}
          scope={scope}
          name={name}
          values={valuesOf(lists, scope, name)}
          default={
            shown?.parameters.find(
              known => known.scope === scope && known.name === name
            )?.default ?? null
          }
          edits={mine.filter(edit => edit.name === name)}
          parameters={model.parameters}
          newEditor={newEditor}
          trans={trans}
        />
      ))}
      <AddParameter {...props} />
    </section>
  );
}

function AddParameter(
  props: IEditorProps & { scope: string; title: string }
): JSX.Element {
  const { model, scope, title, trans } = props;
  const [name, setName] = useState<string | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  if (name === null) {
    return (
      <Button
        className="jp-OrchestJobs-act"
        minimal
        aria-label={trans.__('Add a parameter to “%1”', title)}
        onClick={() => setName('')}
      >
        {trans.__('Add parameter')}
      </Button>
    );
  }
  const close = () => {
    setName(null);
    setWhy(null);
  };
  const add = () => {
    const refusal = model.parameters.add(scope, name);
    setWhy(refusal);
    if (refusal === null) {
      close();
    }
  };
  return (
    <div className="jp-OrchestJobs-addParameter">
      <input
        className="jp-mod-styled"
        aria-label={trans.__('Name of the new parameter')}
        aria-invalid={why !== null}
        placeholder={trans.__('Name')}
        autoFocus
        value={name}
        onChange={event => setName(event.target.value)}
        onBlur={() => (name.trim() === '' ? close() : undefined)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            add();
          } else if (event.key === 'Escape') {
            close();
          }
        }}
      />
      <Button className="jp-OrchestJobs-act" minimal onClick={add}>
        {trans.__('Add')}
      </Button>
      <span role="status">{why}</span>
    </div>
  );
}
