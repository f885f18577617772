/** A button that stays where it is when it can't be used, and says why. */

import { Button } from '@jupyterlab/ui-components';
import React from 'react';

export function ActionButton(props: {
  label: string;
  /** What it does, beyond its label. */
  hint?: string;
  /** Why it can't be used; empty if it can. */
  why: string;
  /** The one thing that this place is for. */
  primary?: boolean;
  onClick: () => void;
}): JSX.Element {
  const { label, hint, why, primary = false, onClick } = props;
  const can = why === '';
  const title = can ? hint : why.charAt(0).toUpperCase() + why.slice(1);
  // Not `disabled`: then neither the mouse nor the keyboard would get to the reason.
  return (
    <Button
      className="jp-OrchestJobs-button jp-mod-styled"
      data-primary={primary || undefined}
      title={title}
      aria-disabled={!can || undefined}
      onClick={can ? onClick : undefined}
    >
      {label}
    </Button>
  );
}
