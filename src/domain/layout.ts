/** Places for the steps of a pipeline. Brings a library along: load it with the drawing only. */

import { Graph, layout } from '@dagrejs/dagre';

import { IGraphStep, IPoint, isReadable, NODE, Places } from './graph';

const GAP = { layers: 72, steps: 28 };

/** The places that the author has chosen, if they can be read; else ones from left to right. */
export function arrange(
  steps: readonly IGraphStep[],
  chosen: Places
): Map<string, IPoint> {
  return isReadable(steps, chosen)
    ? new Map(steps.map(({ step }) => [step, chosen.get(step) as IPoint]))
    : fromLeftToRight(steps);
}

export function fromLeftToRight(
  steps: readonly IGraphStep[]
): Map<string, IPoint> {
  const graph = new Graph();
  graph.setGraph({
    rankdir: 'LR',
    ranksep: GAP.layers,
    nodesep: GAP.steps
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(steps.map(({ step }) => step));
  for (const { step } of steps) {
    graph.setNode(step, { ...NODE });
  }
  for (const { step, incoming } of steps) {
    for (const before of incoming) {
      if (known.has(before)) {
        graph.setEdge(before, step);
      }
    }
  }
  layout(graph);
  return new Map(
    steps.map(({ step }) => {
      const { x = 0, y = 0 } = graph.node(step) as Partial<IPoint>;
      return [step, { x: x - NODE.width / 2, y: y - NODE.height / 2 }];
    })
  );
}
