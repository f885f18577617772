/** An icon that saves something. */

import { downloadIcon } from '@jupyterlab/ui-components';
import React from 'react';

export function DownloadLink(props: {
  href: string;
  label: string;
}): JSX.Element {
  const { href, label } = props;
  return (
    <a
      className="jp-OrchestJobs-iconButton"
      href={href}
      download=""
      title={label}
      aria-label={label}
    >
      <downloadIcon.react tag="span" />
    </a>
  );
}
