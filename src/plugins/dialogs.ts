/** Questions and refusals. */

import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { ApiError, toApiError } from '../api/errors';
import { ProblemList } from '../components/problems';

/** A question with two answers; the harmless one is preselected. */
export interface IQuestion {
  readonly title: string;
  readonly body: string;
  /** Go ahead. */
  readonly ok: string;
  /** Leave things as they are. */
  readonly keep: string;
  /** Whether something is lost by going ahead. */
  readonly loses: boolean;
}

/** Ask before something that can't be taken back, or costs much. */
export async function confirm(question: IQuestion): Promise<boolean> {
  const result = await showDialog({
    title: question.title,
    body: question.body,
    buttons: [
      Dialog.cancelButton({ label: question.keep }),
      question.loses
        ? Dialog.warnButton({ label: question.ok })
        : Dialog.okButton({ label: question.ok })
    ],
    defaultButton: 0
  });
  return result.button.accept;
}

/** Why something could not be done, with all problems as text that can be copied. */
export async function showRefusal(
  title: string,
  error: ApiError,
  trans: TranslationBundle
): Promise<void> {
  const body = ReactWidget.create(
    React.createElement(
      'div',
      { className: 'jp-OrchestJobs-refusal' },
      React.createElement('p', null, textOf(error, trans)),
      error.problems.length > 0
        ? React.createElement(ProblemList, { problems: error.problems, trans })
        : null
    )
  );
  await showDialog({
    title,
    body,
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

/** Do something; a refusal is shown. */
export async function attempt(
  title: string,
  act: () => Promise<void>,
  trans: TranslationBundle
): Promise<void> {
  try {
    await act();
  } catch (reason) {
    await showRefusal(title, toApiError(reason), trans);
  }
}

function textOf(error: ApiError, trans: TranslationBundle): string {
  switch (error.kind) {
    case 'unreachable':
      return trans.__(
        'The Jupyter server doesn’t answer. Try again when it is back.'
      );
    case 'missing':
      return trans.__(
        'This Jupyter server can’t run jobs: the server extension jupyter_orchest_jobs is not enabled.'
      );
    case 'refused':
      // The message joins the problems, which are listed below it anyway.
      return error.problems.length === 0
        ? error.message
        : trans.__('Nothing was started. Please put this right first:');
  }
}
