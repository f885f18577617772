/** A state as icon, colour and word: the same everywhere. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IStateful, shownIcon, shownStatus, Status } from '../domain/status';
import { statusIcons } from './icons';

export function StatusIcon(props: { status: Status }): JSX.Element {
  const Icon = statusIcons[props.status].react;
  return (
    <span
      className="jp-OrchestJobs-statusIcon"
      data-status={props.status}
      aria-hidden="true"
    >
      <Icon tag="span" />
    </span>
  );
}

export function StatusLabel(props: {
  thing: IStateful;
  trans: TranslationBundle;
}): JSX.Element {
  const { thing, trans } = props;
  return (
    <span className="jp-OrchestJobs-status">
      <StatusIcon status={shownIcon(thing)} />
      <span>{shownStatus(thing, trans)}</span>
    </span>
  );
}
