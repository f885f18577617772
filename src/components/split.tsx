/** Two panes side by side, or one above the other where there is little room. */

import React, { useLayoutEffect, useRef, useState } from 'react';

/** Narrower than this, the panes are stacked. */
const NARROW_PX = 720;
const LEAST = 0.15;
const STEP = 0.03;

export function Split(props: {
  /** What the separator does, for screen readers. */
  label: string;
  /** The first pane's share, 0 to 1. */
  share: number;
  onShare: (share: number) => void;
  first: React.ReactNode;
  second: React.ReactNode;
}): JSX.Element {
  const { label, onShare, first, second } = props;
  const root = useRef<HTMLDivElement>(null);
  const [stacked, setStacked] = useState(false);
  const [dragged, setDragged] = useState<number | null>(null);
  const share = dragged ?? props.share;

  useLayoutEffect(() => {
    const node = root.current;
    if (node === null) {
      return;
    }
    const measure = () => setStacked(node.clientWidth < NARROW_PX);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, []);

  const onPointerMove = (event: React.PointerEvent) => {
    const box = root.current?.getBoundingClientRect();
    if (dragged !== null && box !== undefined) {
      const wanted = stacked
        ? (event.clientY - box.top) / box.height
        : (event.clientX - box.left) / box.width;
      setDragged(within(wanted));
    }
  };
  const onDrop = () => {
    if (dragged !== null) {
      onShare(dragged);
      setDragged(null);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const to: Record<string, number> = {
      [stacked ? 'ArrowUp' : 'ArrowLeft']: share - STEP,
      [stacked ? 'ArrowDown' : 'ArrowRight']: share + STEP,
      Home: LEAST,
      End: 1 - LEAST
    };
    if (event.key in to) {
      event.preventDefault();
      onShare(within(to[event.key]));
    }
  };

  return (
    <div
      ref={root}
      className="jp-OrchestJobs-split"
      data-stacked={stacked || undefined}
    >
      <div
        className="jp-OrchestJobs-splitPane"
        style={{ flexBasis: `${share * 100}%` }}
      >
        {first}
      </div>
      <div
        className="jp-OrchestJobs-separator"
        role="separator"
        aria-label={label}
        aria-orientation={stacked ? 'horizontal' : 'vertical'}
        aria-valuemin={LEAST * 100}
        aria-valuemax={(1 - LEAST) * 100}
        aria-valuenow={Math.round(share * 100)}
        tabIndex={0}
        onPointerDown={event => {
          // Captured, so that frames beside it don't swallow the movements.
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragged(share);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={onDrop}
        onPointerCancel={onDrop}
        onKeyDown={onKeyDown}
      />
      <div
        className="jp-OrchestJobs-splitPane"
        style={{ flexBasis: `${(1 - share) * 100}%` }}
      >
        {second}
      </div>
    </div>
  );
}

function within(share: number): number {
  return Math.min(1 - LEAST, Math.max(LEAST, share));
}
