/** Parameters of a step or the pipeline: as JSON, and as a form if a schema says what they are. */

import React, { useEffect } from 'react';

import { LazyForm } from '../../components/lazyform';
import { baseName } from '../../domain/paths';
import { useLeave } from '../../hooks/leave';
import { useObservable } from '../../hooks/observable';
import { JsonField } from '../editor/jsoneditor';
import { IPipelineProps } from './props';

interface IFieldProps extends Pick<
  IPipelineProps,
  'editor' | 'newEditor' | 'trans'
> {
  readonly scope: string;
  readonly label: string;
  readonly readOnly: boolean;
}

/** They are in the pipeline as soon as they are valid. */
export function ParametersField(props: IFieldProps): JSX.Element {
  const { editor, scope, label, readOnly, trans } = props;
  const { texts, schemas, view } = editor;
  useObservable(texts);
  useObservable(schemas);
  const { asJson } = useObservable(view);
  const why = texts.why(scope);
  const onBlur = useLeave(() => texts.leave(scope));
  useEffect(() => () => texts.leave(scope), [texts, scope]);
  const schema = schemas.of(scope);
  const form = schema?.check?.form ?? null;
  return (
    <section className="jp-OrchestJobs-field" aria-label={label}>
      <div className="jp-OrchestJobs-fieldHead">
        <h3>{label}</h3>
        {form !== null && (
          <button
            className="jp-OrchestJobs-link"
            aria-pressed={asJson}
            title={trans.__('The form is that of %1', schema?.file ?? '')}
            onClick={() => view.showJson(!asJson)}
          >
            {trans.__('{} JSON')}
          </button>
        )}
      </div>
      <div data-invalid={why !== '' || undefined} onBlur={onBlur}>
        {form !== null && !asJson ? (
          <LazyForm
            schema={form}
            layout={schema?.layout}
            value={texts.textOf(scope)}
            readOnly={readOnly}
            trans={trans}
            onChange={now => texts.type(scope, now)}
            fallback={<Json {...props} />}
          />
        ) : (
          <Json {...props} />
        )}
      </div>
      {schema !== null && schema.check === null && (
        <div className="jp-OrchestJobs-fieldNote">
          {trans.__('%1 can’t be used: %2', baseName(schema.file), schema.why)}
        </div>
      )}
      <div className="jp-OrchestJobs-fieldWhy" role="status">
        {why !== '' && (
          <>
            {trans.__('Not in the file yet: %1', why)}{' '}
            {texts.canPut(scope) && (
              <button
                className="jp-OrchestJobs-link"
                onClick={() => texts.type(scope, texts.textOf(scope))}
              >
                {trans.__('Take it over')}
              </button>
            )}{' '}
            <button
              className="jp-OrchestJobs-link"
              onClick={() => texts.restore(scope)}
            >
              {trans.__('Restore')}
            </button>
          </>
        )}
      </div>
    </section>
  );
}

function Json(props: IFieldProps): JSX.Element {
  const { editor, scope, label, readOnly, newEditor, trans } = props;
  const { texts, schemas } = editor;
  return readOnly ? (
    <pre className="jp-OrchestJobs-fixedJson" tabIndex={0}>
      {texts.textOf(scope)}
    </pre>
  ) : (
    <JsonField
      newEditor={newEditor}
      text={texts.textOf(scope)}
      label={trans.__('%1, as JSON', label)}
      numbered
      focused={false}
      issues={now => {
        const wrong = texts.whyNotObject(now);
        return wrong === null
          ? (schemas.of(scope)?.check?.issues(now) ?? [])
          : [{ from: 0, to: now.length, message: wrong }];
      }}
      onChange={now => texts.type(scope, now)}
      onSubmit={() => texts.leave(scope)}
      onEscape={() => undefined}
    />
  );
}
