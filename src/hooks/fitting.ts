/** Drawings that stay in view when there is more or less room for them. */

import {
  Edge,
  getViewportForBounds,
  Node,
  ReactFlowInstance
} from '@xyflow/react';
import { RefObject, useEffect } from 'react';

interface IView {
  readonly padding: number;
  readonly maxZoom: number;
  readonly minZoom: number;
}

/**
 * Keep all of a drawing in view when its frame gets another size, if all of it was: what somebody
 * has moved or enlarged stays as it is.
 */
export function useFitting<N extends Node>(
  frame: RefObject<HTMLElement>,
  flow: RefObject<ReactFlowInstance<N, Edge>>,
  view: IView
): void {
  useEffect(() => {
    let before = sizeOf(frame.current);
    const observer = new ResizeObserver(() => {
      const now = sizeOf(frame.current);
      if (now === null) {
        return; // Behind another tab.
      }
      if (flow.current !== null && before !== null) {
        const { x, y, zoom } = flow.current.getViewport();
        const fitted = fittedTo(before, flow.current, view);
        const isFitted =
          Math.abs(fitted.x - x) < 1 &&
          Math.abs(fitted.y - y) < 1 &&
          Math.abs(fitted.zoom - zoom) < 0.001;
        if (isFitted) {
          void flow.current.setViewport(fittedTo(now, flow.current, view));
        }
      }
      before = now;
    });
    if (frame.current !== null) {
      observer.observe(frame.current);
    }
    return () => observer.disconnect();
  }, []);
}

function fittedTo<N extends Node>(
  { width, height }: { width: number; height: number },
  flow: ReactFlowInstance<N, Edge>,
  { padding, minZoom, maxZoom }: IView
) {
  const bounds = flow.getNodesBounds(flow.getNodes());
  return getViewportForBounds(bounds, width, height, minZoom, maxZoom, padding);
}

/** Null if nothing of it is seen. */
function sizeOf(
  frame: HTMLElement | null
): { width: number; height: number } | null {
  return frame === null || frame.clientWidth === 0 || frame.clientHeight === 0
    ? null
    : { width: frame.clientWidth, height: frame.clientHeight };
}
