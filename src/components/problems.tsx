/** What is wrong, where, and with which step; as text that can be selected and copied. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Problem } from '../api/types';

/** "train.orchest:12:5", "train.orchest" or nothing. */
export function placeOf({ file, line, column }: Problem): string {
  return file === null
    ? ''
    : [file, line, column].filter(part => part !== null).join(':');
}

export function ProblemList(props: {
  problems: readonly Problem[];
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <ul className="jp-OrchestJobs-problems">
      {props.problems.map((problem, index) => {
        const place = placeOf(problem);
        return (
          <li key={index}>
            {place !== '' && <code>{place}</code>}
            {problem.step !== null && (
              <span className="jp-OrchestJobs-problemStep">
                {props.trans.__('Step “%1”', problem.step)}
              </span>
            )}
            <span>{problem.message}</span>
          </li>
        );
      })}
    </ul>
  );
}
