/** *Settings*: what concerns the pipeline as a whole. */

import React from 'react';

import { PIPELINE_SCOPE } from '../../domain/parametersfile';
import { useObservable } from '../../hooks/observable';
import { TextField } from './fields';
import { ParametersField } from './parametersfield';
import { IPipelineProps } from './props';

export function Settings(props: IPipelineProps): JSX.Element | null {
  const { editor, newEditor, trans } = props;
  const { pipeline, readOnly, broken } = useObservable(editor.doc);
  if (pipeline === null) {
    return null;
  }
  const fixed = readOnly || broken;
  return (
    <div className="jp-OrchestJobs-panelForm">
      <TextField
        label={trans.__('Name')}
        value={pipeline.name}
        readOnly={fixed}
        whyNot={text =>
          text.length > 255 ? trans.__('At most 255 characters.') : ''
        }
        onChange={name => editor.setName(name)}
      />
      <TextField
        label={trans.__('Steps at once')}
        value={pipeline.maxParallel === null ? '' : `${pipeline.maxParallel}`}
        readOnly={fixed}
        inputMode="numeric"
        placeholder={trans.__('no limit')}
        whyNot={text =>
          /^([1-9]\d{0,5})?$/.test(text)
            ? ''
            : trans.__('A whole number from 1 on, or nothing for no limit.')
        }
        onChange={text =>
          editor.setMaxParallel(text === '' ? null : Number(text))
        }
      />
      <ParametersField
        editor={editor}
        scope={PIPELINE_SCOPE}
        label={trans.__('Parameters of the pipeline')}
        readOnly={fixed}
        newEditor={newEditor}
        trans={trans}
      />
    </div>
  );
}
