/** Drawings that stay in view when there is more or less room for them. */

import {
  Edge,
  getViewportForBounds,
  Node,
  ReactFlowInstance,
  Viewport
} from '@xyflow/react';
import { RefObject, useCallback, useEffect, useRef } from 'react';

import { ISize } from '../domain/graph';

interface IView {
  readonly padding: number;
  readonly maxZoom: number;
  readonly minZoom: number;
}

/**
 * Show all of a drawing, also when its frame gets another size: what somebody has moved or enlarged
 * stays as it is. The library itself does it once at most, and only when its nodes change.
 *
 * @param first - whether all is shown at first.
 * @returns what is to be called when the drawing is there.
 */
export function useFitting<N extends Node>(
  frame: RefObject<HTMLElement>,
  flow: RefObject<ReactFlowInstance<N, Edge>>,
  view: IView,
  first: boolean
): () => void {
  const before = useRef<ISize | null>(null);
  const fit = useCallback(() => {
    const now = sizeOf(frame.current);
    if (now === null || flow.current === null) {
      return; // Behind another tab, or not drawn yet.
    }
    const isFitted =
      before.current === null
        ? first
        : isSame(
            flow.current.getViewport(),
            fittedTo(before.current, flow.current, view)
          );
    if (isFitted) {
      void flow.current.setViewport(fittedTo(now, flow.current, view));
    }
    before.current = now;
  }, []);
  useEffect(() => {
    const observer = new ResizeObserver(fit);
    if (frame.current !== null) {
      observer.observe(frame.current);
    }
    return () => observer.disconnect();
  }, []);
  return fit;
}

function isSame(one: Viewport, other: Viewport): boolean {
  return (
    Math.abs(one.x - other.x) < 1 &&
    Math.abs(one.y - other.y) < 1 &&
    Math.abs(one.zoom - other.zoom) < 0.001
  );
}

function fittedTo<N extends Node>(
  { width, height }: ISize,
  flow: ReactFlowInstance<N, Edge>,
  { padding, minZoom, maxZoom }: IView
): Viewport {
  const bounds = flow.getNodesBounds(flow.getNodes());
  return getViewportForBounds(bounds, width, height, minZoom, maxZoom, padding);
}

/** Null if nothing of it is seen. */
function sizeOf(frame: HTMLElement | null): ISize | null {
  return frame === null || frame.clientWidth === 0 || frame.clientHeight === 0
    ? null
    : { width: frame.clientWidth, height: frame.clientHeight };
}
