/** The keys of the canvas that are not shortcuts: they lead from step to step. */

import React from 'react';

import { stepAt } from '../../components/flow';
import { WAYS } from '../../domain/canvas';
import { IPipelineProps } from './props';

/** How far the arrow keys move a step; with Shift as well, further. */
const NUDGE = { small: 10, large: 50 } as const;

export function useKeys(
  props: IPipelineProps & { onEnter: () => void },
  focus: (step: string) => void
): (event: React.KeyboardEvent) => void {
  const { editor, onEnter } = props;
  const { view } = editor;

  /** @returns whether the key means something here. */
  const connecting = (key: string): boolean => {
    const { connecting: wanted } = view.state;
    if (wanted === null) {
      return false;
    }
    if (key in WAYS) {
      view.aim(key);
    } else if (key === 'Enter' || key === ' ') {
      if (editor.connect(wanted)) {
        view.stopConnecting();
      }
    } else if (key === 'Escape') {
      view.stopConnecting();
    } else {
      return false;
    }
    return true;
  };

  const act = (event: React.KeyboardEvent): boolean => {
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
    const step = stepAt(event.target);
    if (connecting(key)) {
      return true;
    }
    if (step === null || ctrlKey || metaKey) {
      return false;
    }
    if (altKey) {
      const way = WAYS[key];
      const far = shiftKey ? NUDGE.large : NUDGE.small;
      if (way !== undefined) {
        editor.nudge({ x: way.x * far, y: way.y * far });
      }
      return way !== undefined;
    }
    if (shiftKey) {
      return false;
    }
    switch (key) {
      case 'Enter':
        view.select([step], step);
        view.show('step');
        onEnter();
        return true;
      case ' ':
        view.toggle(step);
        return true;
      case 'Escape':
        view.select([]);
        return true;
    }
    const to = view.walk(step, key);
    if (to !== null) {
      focus(to);
    }
    return to !== null;
  };

  return event => {
    if (act(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
}
