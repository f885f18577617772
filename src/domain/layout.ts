/** Places for the steps of a pipeline. Brings a library along: load it with the drawing only. */

import { Graph, layout } from '@dagrejs/dagre';

import {
  GAP,
  IGraphStep,
  IPoint,
  ISize,
  isReadable,
  NODE,
  parentsFirst,
  Places
} from './graph';

/** The places that the author has chosen, if they can be read; else ones from left to right. */
export function arrange(
  steps: readonly IGraphStep[],
  chosen: Places
): Map<string, IPoint> {
  return isReadable(steps, chosen)
    ? new Map(steps.map(({ step }) => [step, chosen.get(step) as IPoint]))
    : fromLeftToRight(steps);
}

/**
 * New places for all steps: no two overlap, and connections lead from left to right. A step is in
 * the first column after all that it waits for, so that only what comes after a change moves.
 */
export function fromLeftToRight(
  steps: readonly IGraphStep[],
  size: ISize = NODE
): Map<string, IPoint> {
  const graph = new Graph();
  graph.setGraph({
    rankdir: 'LR',
    ranker: 'none',
    ranksep: GAP.across,
    nodesep: GAP.down
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const columns = columnsOf(steps);
  for (const { step } of steps) {
    // The library counts halves of columns: connections bend between them.
    graph.setNode(step, { ...size, rank: 2 * (columns.get(step) ?? 0) });
  }
  for (const { step, incoming } of steps) {
    for (const before of incoming) {
      if ((columns.get(before) ?? Infinity) < (columns.get(step) ?? 0)) {
        graph.setEdge(before, step);
      }
    }
  }
  layout(graph);
  return new Map(
    steps.map(({ step }) => {
      const { x = 0, y = 0 } = graph.node(step) as Partial<IPoint>;
      return [step, { x: x - size.width / 2, y: y - size.height / 2 }];
    })
  );
}

/** The column of each step, from 0; of a circle, the connection that closes it doesn't count. */
function columnsOf(steps: readonly IGraphStep[]): Map<string, number> {
  const columns = new Map<string, number>();
  for (const { step, incoming } of parentsFirst(steps)) {
    const before = incoming.map(other => columns.get(other) ?? -1);
    columns.set(step, Math.max(-1, ...before) + 1);
  }
  return columns;
}
