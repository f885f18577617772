/** The steps of a run in the order of the pipeline. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useRef } from 'react';

import { StepRun } from '../../api/types';
import { StatusLabel } from '../../components/status';
import { elapsed, formatDuration } from '../../domain/durations';
import { cellProgress, stepOrigin, titlesBefore } from '../../domain/steps';

export function StepList(props: {
  steps: readonly StepRun[];
  /** The current attempt of the run. */
  attempt: number;
  selected: string | null;
  now: number;
  trans: TranslationBundle;
  onSelect: (step: string) => void;
}): JSX.Element {
  const { steps, attempt, selected, now, trans, onSelect } = props;
  const list = useRef<HTMLUListElement>(null);
  const current = Math.max(
    0,
    steps.findIndex(step => step.step === selected)
  );

  const onKeyDown = (event: React.KeyboardEvent) => {
    const last = steps.length - 1;
    const to: Record<string, number> = {
      ArrowDown: Math.min(current + 1, last),
      ArrowUp: Math.max(current - 1, 0),
      Home: 0,
      End: last
    };
    if (event.key in to) {
      event.preventDefault();
      onSelect(steps[to[event.key]].step);
      (list.current?.children[to[event.key]] as HTMLElement).focus();
    }
  };

  return (
    <ul
      ref={list}
      className="jp-OrchestJobs-steps"
      role="listbox"
      aria-label={trans.__('Steps of the pipeline')}
      onKeyDown={onKeyDown}
    >
      {steps.map((step, index) => {
        const before = titlesBefore(step, steps);
        const took = elapsed(step.started_at, step.finished_at, now);
        const progress = [
          cellProgress(step, trans),
          stepOrigin(step, attempt, trans)
        ].filter(text => text !== '');
        return (
          <li
            key={step.step}
            className="jp-OrchestJobs-step"
            role="option"
            aria-selected={index === current}
            tabIndex={index === current ? 0 : -1}
            data-step={step.step}
            onClick={() => onSelect(step.step)}
          >
            <span className="jp-OrchestJobs-stepTitle" title={step.title}>
              {step.title}
            </span>
            <span className="jp-OrchestJobs-stepTime">
              {formatDuration(took, trans)}
            </span>
            <StatusLabel thing={step} trans={trans} />
            <span className="jp-OrchestJobs-stepCells">
              {progress.join(' · ')}
            </span>
            <span className="jp-OrchestJobs-stepFile" title={step.file_path}>
              {step.file_path}
            </span>
            {before.length > 0 && (
              <span className="jp-OrchestJobs-stepAfter">
                {trans.__('after: %1', before.join(', '))}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
