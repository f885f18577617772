/** The connections of a pipeline that is edited, as the drawing library takes them. */

import { Edge } from '@xyflow/react';

import { edge, edgesAmong } from '../../components/flow';
import { IPipelineStep } from '../../domain/pipeline/read';
import { IPipelineViewState } from '../../models/pipelineview';

export function edgesOf(
  steps: readonly IPipelineStep[],
  { connection, connecting }: IPipelineViewState
): Edge[] {
  const edges = edgesAmong(steps).map(one => ({
    ...one,
    selected: connection?.from === one.source && connection.to === one.target
  }));
  return connecting === null
    ? edges
    : [
        ...edges,
        {
          ...edge(connecting.from, connecting.to),
          id: 'new',
          animated: true,
          selectable: false
        }
      ];
}
