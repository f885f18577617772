/** Keeps what is looked at where it is while lines above it come and go. */

import { Virtualizer } from '@tanstack/react-virtual';
import { RefObject, useLayoutEffect, useRef } from 'react';

export function useStillness(
  virtual: Virtualizer<HTMLDivElement, Element>,
  lines: readonly { readonly key: string }[],
  scroller: RefObject<HTMLElement>
): void {
  const seen = useRef<{ key: string; offset: number } | null>(null);
  const before = useRef(lines);

  useLayoutEffect(() => {
    const node = scroller.current;
    const { current } = seen;
    if (node === null) {
      return;
    }
    if (before.current !== lines && current !== null && node.scrollTop > 0) {
      const index = lines.findIndex(line => line.key === current.key);
      const at = virtual.measurementsCache[index]?.start;
      if (at !== undefined && at + current.offset !== node.scrollTop) {
        node.scrollTop = at + current.offset;
      }
    }
    before.current = lines;
    const top = virtual.getVirtualItemForOffset(node.scrollTop);
    seen.current =
      top === undefined || lines[top.index] === undefined
        ? null
        : {
            key: lines[top.index].key,
            offset: node.scrollTop - top.start
          };
  });
}
