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

/** One way to answer a question. */
export interface IChoice<T extends string> {
  readonly value: T;
  readonly label: string;
}

/** Ask which of several harmless things is meant; null: none of them. The last is preselected. */
export async function choose<T extends string>(
  title: string,
  paragraphs: readonly string[],
  choices: readonly IChoice<T>[],
  trans: TranslationBundle
): Promise<T | null> {
  const result = await showDialog({
    title,
    body: ReactWidget.create(
      React.createElement(
        'div',
        { className: 'jp-OrchestJobs-refusal' },
        ...paragraphs.map(text => React.createElement('p', { key: text }, text))
      )
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      ...choices.map(({ value, label }) =>
        Dialog.okButton({ label, actions: [value] })
      )
    ],
    defaultButton: choices.length
  });
  const [action] = result.button.actions;
  return choices.find(({ value }) => value === action)?.value ?? null;
}

/** Do something that may have consequences: the user is asked about each, until all are agreed. */
export async function withConsent<T>(
  act: (accept: readonly string[]) => Promise<T>,
  words: {
    /** The title of a question, and the button that agrees. */
    readonly question: string;
    readonly ok: string;
    /** The title of a refusal. */
    readonly refusal: string;
  },
  trans: TranslationBundle
): Promise<T | null> {
  const accept: string[] = [];
  for (;;) {
    try {
      return await act([...accept]);
    } catch (reason) {
      const error = toApiError(reason);
      const wanted = error.accept;
      if (wanted === null || accept.includes(wanted)) {
        await showRefusal(words.refusal, error, trans);
        return null;
      }
      const agreed = await confirm({
        title: words.question,
        body: error.message,
        ok: words.ok,
        keep: trans.__('Cancel'),
        loses: false
      });
      if (!agreed) {
        return null;
      }
      accept.push(wanted);
    }
  }
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
        : trans.__('Please put this right first:');
  }
}
