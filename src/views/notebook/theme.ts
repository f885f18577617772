/** Whether JupyterLab's theme is a light one. */

import { IThemeManager } from '@jupyterlab/apputils';
import { useEffect, useState } from 'react';

export function isLight(themes: IThemeManager | null): boolean {
  const name = themes?.theme ?? null;
  return name === null || (themes?.isLight(name) ?? true);
}

/** The same in a component, which is rendered again when it changes. */
export function useIsLight(themes: IThemeManager | null): boolean {
  const [light, setLight] = useState(() => isLight(themes));
  useEffect(() => {
    const onChange = () => setLight(isLight(themes));
    onChange();
    themes?.themeChanged.connect(onChange);
    return () => {
      themes?.themeChanged.disconnect(onChange);
    };
  }, [themes]);
  return light;
}
