/** *Properties*: what concerns the selected step. */

import {
  caretDownIcon,
  caretUpIcon,
  closeIcon,
  HTMLSelect,
  LabIcon
} from '@jupyterlab/ui-components';
import React, { useId } from 'react';

import { fileKind } from '../../domain/paths';
import { IPipelineStep } from '../../domain/pipeline/read';
import { whyNotResources } from '../../domain/pipeline/resources';
import { useObservable } from '../../hooks/observable';
import { nameOf } from './canvas';
import { TextField } from './fields';
import { ParametersField } from './parametersfield';
import { IPipelineProps } from './props';

/** An example, the same in all languages. */
const RESOURCES = '{"GPU": 1, "memory": "8GB"}';

export function Properties(props: IPipelineProps): JSX.Element {
  const { editor, trans } = props;
  useObservable(editor.doc);
  const { selected } = useObservable(editor.view);
  const step = editor.view.single;
  return step !== null ? (
    <StepForm key={step.step} {...props} step={step} />
  ) : (
    <p className="jp-OrchestJobs-panelHint">
      {selected.size > 1
        ? trans._n(
            '%1 step is selected.',
            '%1 steps are selected.',
            selected.size
          )
        : trans.__('Select a step to see its properties.')}
    </p>
  );
}

function StepForm(
  props: IPipelineProps & { step: IPipelineStep }
): JSX.Element {
  const { editor, acts, newEditor, step, trans } = props;
  const { readOnly, broken } = editor.doc.state;
  const fixed = readOnly || broken;
  const path = editor.fileOf(step);
  const missing = path === null || editor.files.isMissing(path);
  return (
    <div className="jp-OrchestJobs-panelForm">
      <TextField
        label={trans.__('Title')}
        value={step.title}
        readOnly={fixed}
        onChange={title => editor.setTitle(step.step, title)}
      />
      <TextField
        label={trans.__('File')}
        value={step.file}
        readOnly={fixed}
        whyNot={text =>
          text === '' ? trans.__('Name the notebook or script to run.') : ''
        }
        onChange={file => editor.setFile(step.step, file)}
      />
      <div className="jp-OrchestJobs-fieldActs">
        {!missing && path !== null && (
          <button
            className="jp-OrchestJobs-link"
            onClick={() => acts.openFile(path)}
          >
            {trans.__('Open')}
          </button>
        )}
        {!fixed && (
          <button
            className="jp-OrchestJobs-link"
            onClick={() => acts.chooseFile(step.step)}
          >
            {trans.__('Choose another file…')}
          </button>
        )}
      </div>
      {['notebook', 'python'].includes(fileKind(step.file)) && (
        <KernelField {...props} fixed={fixed} />
      )}
      <Incoming {...props} fixed={fixed} />
      <ParametersField
        editor={editor}
        scope={step.step}
        label={trans.__('Parameters of the step')}
        readOnly={fixed}
        newEditor={newEditor}
        trans={trans}
      />
      <TextField
        label={trans.__('Resources on a cluster')}
        value={step.resources}
        readOnly={fixed}
        whyNot={text => whyNotResources(text, trans)}
        placeholder={RESOURCES}
        onChange={json => editor.setResources(step.step, json)}
      />
    </div>
  );
}

/** The kernel that runs a notebook, or whose interpreter runs a Python script. */
function KernelField(
  props: IPipelineProps & { step: IPipelineStep; fixed: boolean }
): JSX.Element {
  const { editor, kernels, step, fixed, trans } = props;
  const id = useId();
  const { kernelspec } = step;
  const known =
    kernelspec === '' || kernels.some(({ name }) => name === kernelspec);
  return (
    <div className="jp-OrchestJobs-field">
      <label htmlFor={id}>{trans.__('Kernel')}</label>
      <HTMLSelect
        id={id}
        value={kernelspec}
        disabled={fixed}
        onChange={event => editor.setKernelspec(step.step, event.target.value)}
      >
        <option value="">
          {fileKind(step.file) === 'notebook'
            ? trans.__('As the notebook says')
            : trans.__('The default one')}
        </option>
        {!known && (
          <option value={kernelspec}>
            {trans.__('%1 (not installed here)', kernelspec)}
          </option>
        )}
        {kernels.map(({ name, displayName }) => (
          <option key={name} value={name}>
            {displayName}
          </option>
        ))}
      </HTMLSelect>
    </div>
  );
}

/** What the step waits for: the order is that of its unnamed inputs. */
function Incoming(
  props: IPipelineProps & { step: IPipelineStep; fixed: boolean }
): JSX.Element {
  const { editor, step, fixed, trans } = props;
  const { incoming } = step;
  const name = (id: string) => {
    const other = editor.view.steps.find(one => one.step === id);
    return other === undefined
      ? trans.__('a step that is not there')
      : nameOf(other, trans);
  };
  return (
    <section
      className="jp-OrchestJobs-field"
      aria-label={trans.__('Waits for')}
    >
      <h3>{trans.__('Waits for')}</h3>
      {incoming.length === 0 ? (
        <div className="jp-OrchestJobs-fieldNote">
          {trans.__('No other step: it starts at once.')}
        </div>
      ) : (
        <ol className="jp-OrchestJobs-incoming">
          {incoming.map((id, index) => (
            <li key={id}>
              <span>{name(id)}</span>
              {!fixed && (
                <>
                  <IconButton
                    icon={caretUpIcon}
                    label={trans.__('Move “%1” up', name(id))}
                    disabled={index === 0}
                    onClick={() => editor.reorder(step, id, -1)}
                  />
                  <IconButton
                    icon={caretDownIcon}
                    label={trans.__('Move “%1” down', name(id))}
                    disabled={index === incoming.length - 1}
                    onClick={() => editor.reorder(step, id, 1)}
                  />
                  <IconButton
                    icon={closeIcon}
                    label={trans.__(
                      'Remove the connection from “%1”',
                      name(id)
                    )}
                    onClick={() =>
                      editor.disconnect({ from: id, to: step.step })
                    }
                  />
                </>
              )}
            </li>
          ))}
        </ol>
      )}
      {incoming.length > 1 && (
        <div className="jp-OrchestJobs-fieldNote">
          {trans.__('In this order it gets its unnamed inputs.')}
        </div>
      )}
    </section>
  );
}

function IconButton(props: {
  icon: LabIcon;
  label: string;
  disabled?: boolean;
  onClick: () => void;
}): JSX.Element {
  const { icon: Icon, label, disabled = false, onClick } = props;
  return (
    <button
      className="jp-OrchestJobs-iconButton"
      title={label}
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon.react tag="span" />
    </button>
  );
}
