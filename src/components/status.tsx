/** A state as icon, colour and word: the same everywhere. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { shownStatus, Status } from '../domain/status';
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
  thing: { status: Status; cancel_requested?: boolean };
  trans: TranslationBundle;
}): JSX.Element {
  const { status, cancel_requested = false } = props.thing;
  return (
    <span className="jp-OrchestJobs-status">
      <StatusIcon status={status} />
      <span>{shownStatus({ status, cancel_requested }, props.trans)}</span>
    </span>
  );
}
