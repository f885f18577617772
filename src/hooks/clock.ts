/** The time of day in a component. */

import { useEffect, useState } from 'react';

/** Milliseconds since the epoch, renewed at an interval while the page can be seen. */
export function useNow(intervalMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = () => {
      if (!document.hidden) {
        setNow(Date.now());
      }
    };
    tick();
    const timer = setInterval(tick, intervalMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [intervalMs]);
  return now;
}

/** The language of JupyterLab, for dates: a BCP 47 tag, or empty for the browser's own. */
export function uiLocale(): string {
  return document.documentElement.lang.replace('_', '-');
}
