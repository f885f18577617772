/** The shape of what is to come. */

import React from 'react';

export function Skeleton(): JSX.Element {
  return (
    <div className="jp-OrchestJobs-skeleton" aria-hidden="true">
      {[0, 1, 2].map(index => (
        <div key={index} />
      ))}
    </div>
  );
}
