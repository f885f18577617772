/** Calm messages: what is the matter, and the one thing to do about it. */

import { Button } from '@jupyterlab/ui-components';
import React from 'react';

export function Notice(props: {
  kind: 'info' | 'warning' | 'error';
  children: React.ReactNode;
  /** Announced to screen readers when it appears. */
  live?: boolean;
}): JSX.Element {
  return (
    <div
      className="jp-OrchestJobs-notice"
      data-kind={props.kind}
      role={props.live ? 'status' : undefined}
    >
      {props.children}
    </div>
  );
}

export function EmptyState(props: {
  title: string;
  children: React.ReactNode;
  action?: { label: string; onClick: () => void };
}): JSX.Element {
  return (
    <div className="jp-OrchestJobs-empty">
      <h2 className="jp-OrchestJobs-emptyTitle">{props.title}</h2>
      <div>{props.children}</div>
      {props.action && (
        <Button
          className="jp-OrchestJobs-button jp-mod-styled"
          onClick={props.action.onClick}
        >
          {props.action.label}
        </Button>
      )}
    </div>
  );
}
