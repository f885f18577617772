/** Which columns of a wide table can be seen. */

import { RefObject, useEffect, useState } from 'react';

import { IColumn } from './columns';

export interface IColumnWindow {
  /** The first that can be seen, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** Narrower tables are drawn whole: then scrolling sideways costs nothing. */
const FEW = 30;
/** The window moves in steps, so that not every pixel draws all rows anew. */
const STEP = 4;

/** The columns between two places, in pixels from the left. */
export function columnWindow(
  columns: readonly IColumn[],
  left: number,
  right: number
): IColumnWindow {
  if (columns.length <= FEW) {
    return { from: 0, to: columns.length };
  }
  let edge = 0;
  let from = columns.length;
  let to = 0;
  columns.forEach(({ width }, index) => {
    if (edge + width > left && edge < right) {
      from = Math.min(from, index);
      to = index + 1;
    }
    edge += width;
  });
  return {
    from: Math.max(0, Math.floor(from / STEP) * STEP - STEP),
    to: Math.min(columns.length, Math.ceil(to / STEP) * STEP + STEP)
  };
}

export function useColumnWindow(
  scroller: RefObject<HTMLElement>,
  columns: readonly IColumn[]
): IColumnWindow {
  const [sides, setSides] = useState({ left: 0, right: 2_000 });
  const many = columns.length > FEW;
  useEffect(() => {
    const element = scroller.current;
    if (element === null || !many) {
      return;
    }
    const look = () => {
      const { scrollLeft, clientWidth } = element;
      setSides(old =>
        old.left === scrollLeft && old.right === scrollLeft + clientWidth
          ? old
          : { left: scrollLeft, right: scrollLeft + clientWidth }
      );
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller, many]);
  return columnWindow(columns, sides.left, sides.right);
}
