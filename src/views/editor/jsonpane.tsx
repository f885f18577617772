/** All parameters as one text, in the format of parameters files. */

import { Button } from '@jupyterlab/ui-components';
import React from 'react';

import { placeAt } from '../../domain/pipeline/texts';
import { useLeave } from '../../hooks/leave';
import { JsonField } from './jsoneditor';
import { IEditorProps } from './props';

export function JsonPane(props: IEditorProps & { json: string }): JSX.Element {
  const { model, newEditor, json, trans } = props;
  const { parameters } = model;
  const issues = parameters.issues(json);
  const onBlur = useLeave(() => parameters.applyJson());
  return (
    <div className="jp-OrchestJobs-jsonPane" onBlur={onBlur}>
      <JsonField
        newEditor={newEditor}
        text={json}
        label={trans.__('All parameters as JSON')}
        numbered
        issues={text => parameters.issues(text)}
        onChange={text => parameters.typeJson(text)}
        onSubmit={() => parameters.applyJson()}
        onEscape={() => undefined}
      />
      <div className="jp-OrchestJobs-valueActs">
        <div className="jp-OrchestJobs-valueWhy" role="status">
          {issues.length === 0
            ? trans.__('A list of values for each parameter, by step.')
            : issues.slice(0, 5).map(({ from, message }, index) => {
                const { line, column } = placeAt(json, from);
                return (
                  <div key={index} data-kind="error">
                    {trans.__('Line %1, column %2: %3', line, column, message)}
                  </div>
                );
              })}
        </div>
        <Button
          className="jp-OrchestJobs-act"
          minimal
          disabled={issues.length > 0}
          onClick={() => parameters.applyJson()}
        >
          {trans.__('Apply')}
        </Button>
        <Button
          className="jp-OrchestJobs-act"
          minimal
          title={trans.__('The values as the job has them')}
          onClick={() => parameters.openJson()}
        >
          {trans.__('Restore')}
        </Button>
      </div>
    </div>
  );
}
