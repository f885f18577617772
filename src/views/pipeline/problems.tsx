/** All that is wrong with a pipeline, as a list. */

import React from 'react';

import { PIPELINE_SCOPE } from '../../domain/parametersfile';
import { fileKind } from '../../domain/paths';
import { tellProblem } from '../../domain/pipeline/problems';
import { ITextPlace } from '../../domain/pipeline/texts';
import { PipelineEditor } from '../../models/pipelineeditor';
import { nameOf } from './canvas';
import { IPipelineProps } from './props';

export interface IShownProblem {
  /** The step concerned; null if it is the file. */
  readonly step: string | null;
  readonly place: ITextPlace | null;
  readonly message: string;
}

export function allProblems({
  editor,
  kernels,
  trans
}: Pick<IPipelineProps, 'editor' | 'kernels' | 'trans'>): IShownProblem[] {
  const { doc, view, texts, files } = editor;
  const ofText = doc.state.problems
    // An empty canvas says what to do.
    .filter(({ kind }) => kind !== 'no-steps')
    .map(problem => ({
      step: problem.step,
      place: problem,
      message: tellProblem(problem, trans)
    }));
  const ofFiles = view.steps.flatMap(step => {
    const message = fileProblem(step.file, editor.fileOf(step), trans, path =>
      files.isMissing(path)
    );
    return message === null ? [] : [{ step: step.step, place: null, message }];
  });
  const ofKernels = view.steps
    .filter(
      ({ kernelspec }) =>
        kernelspec !== '' &&
        kernels.length > 0 &&
        !kernels.some(({ name }) => name === kernelspec)
    )
    .map(({ step, kernelspec }) => ({
      step,
      place: null,
      message: trans.__('Its kernel “%1” is not installed here.', kernelspec)
    }));
  const ofTexts = texts.invalid.map(scope => ({
    step: scope === PIPELINE_SCOPE ? null : scope,
    place: null,
    message: trans.__(
      'The parameters are not in the file: %1',
      texts.why(scope)
    )
  }));
  return [
    ...ofText,
    ...ofFiles,
    ...ofKernels,
    ...ofTexts,
    ...schemaProblems(editor, trans)
  ];
}

/** Parameters in the file that their schema doesn't allow, and schemas that can't be used. */
function schemaProblems(
  { doc, schemas, view }: PipelineEditor,
  trans: IPipelineProps['trans']
): IShownProblem[] {
  const { pipeline } = doc.state;
  if (schemas.state.known.size === 0 || pipeline === null) {
    return [];
  }
  const scopes = [
    { scope: PIPELINE_SCOPE, step: null, parameters: pipeline.parameters },
    ...view.steps.map(({ step, parameters }) => ({
      scope: step,
      step,
      parameters
    }))
  ];
  return scopes.flatMap(({ scope, step, parameters }) => {
    const schema = schemas.of(scope);
    const why = schemas.whyNot(scope, parameters);
    return [
      ...(schema !== null && schema.why !== ''
        ? [trans.__('%1 can’t be used: %2', schema.file, schema.why)]
        : []),
      ...(why !== null
        ? [
            step === null
              ? trans.__(
                  'The parameters of the pipeline are not as the schema says: %1',
                  why
                )
              : trans.__('Its parameters are not as the schema says: %1', why)
          ]
        : [])
    ].map(message => ({ step, place: null, message }));
  });
}

function fileProblem(
  file: string,
  path: string | null,
  trans: IPipelineProps['trans'],
  isMissing: (path: string) => boolean
): string | null {
  if (file === '') {
    return null; // The text says so.
  }
  if (path === null) {
    return trans.__(
      'Its file is not below the folder of the Jupyter server: %1',
      file
    );
  }
  if (isMissing(path)) {
    return trans.__('There is no file %1.', file);
  }
  return fileKind(file) === 'other'
    ? trans.__('Files like %1 can’t be run.', file)
    : null;
}

export function ProblemsPane(
  props: IPipelineProps & {
    problems: readonly IShownProblem[];
    onStep: (step: string) => void;
  }
): JSX.Element {
  const { editor, problems, trans, onStep } = props;
  const { steps } = editor.view;
  if (problems.length === 0) {
    return (
      <p className="jp-OrchestJobs-panelHint">{trans.__('No problems.')}</p>
    );
  }
  return (
    <ul className="jp-OrchestJobs-problems">
      {problems.map(({ step: id, place, message }, index) => {
        const step = steps.find(one => one.step === id);
        return (
          <li key={index}>
            {step !== undefined && (
              <button
                className="jp-OrchestJobs-link jp-OrchestJobs-problemStep"
                onClick={() => onStep(step.step)}
              >
                {nameOf(step, trans)}
              </button>
            )}
            <span>{message}</span>
            {place !== null && (
              <>
                {' '}
                <code>
                  {trans.__('line %1, column %2', place.line, place.column)}
                </code>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}
