/** When the focus leaves a part of the page. */

import React, { useEffect, useRef } from 'react';

/**
 * A blur handler that calls back when the focus has left the element for another place of the page.
 *
 * If it left by a press of the mouse, the call waits for the click: what it closes would otherwise
 * move the page below the pointer between press and release, and the click would go astray.
 */
export function useLeave(
  onLeave: () => void
): (event: React.FocusEvent) => void {
  const pressed = useRef(false);
  const latest = useRef(onLeave);
  latest.current = onLeave;
  useEffect(() => {
    const down = () => {
      pressed.current = true;
    };
    const up = () => {
      pressed.current = false;
    };
    document.addEventListener('pointerdown', down, true);
    document.addEventListener('pointerup', up, true);
    document.addEventListener('pointercancel', up, true);
    return () => {
      document.removeEventListener('pointerdown', down, true);
      document.removeEventListener('pointerup', up, true);
      document.removeEventListener('pointercancel', up, true);
    };
  }, []);
  return event => {
    const inside = event.currentTarget.contains(event.relatedTarget);
    // When the window loses the focus, it comes back to the same place.
    if (inside || !document.hasFocus()) {
      return;
    }
    if (!pressed.current) {
      latest.current();
      return;
    }
    const leave = () => {
      document.removeEventListener('click', leave, true);
      clearTimeout(timer);
      latest.current();
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Before the handlers of what is clicked: they act on what is kept here.
    document.addEventListener('click', leave, true);
    document.addEventListener(
      'pointerup',
      () => {
        timer = setTimeout(leave); // There is no click after a drag.
      },
      { capture: true, once: true }
    );
  };
}
