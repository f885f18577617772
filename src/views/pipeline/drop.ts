/** Files that are dragged from JupyterLab's file browser to the canvas. */

import { Drag } from '@lumino/dragdrop';

import { IPoint } from '../../domain/graph';

/** Paths of files, as JupyterLab's file browser gives them. */
const FILES = 'application/x-jupyter-icontents';
const OVER = 'jp-mod-dropTarget';
const EVENTS = ['lm-dragenter', 'lm-dragleave', 'lm-dragover', 'lm-drop'];

/**
 * Take files that are dropped on a part of the page.
 *
 * @param onDrop - gets their paths, with drives, and the point of the page.
 */
export function acceptFiles(
  node: HTMLElement,
  isWelcome: (target: Element) => boolean,
  onDrop: (paths: string[], point: IPoint) => void
): void {
  const onEvent = (event: Event) => {
    const drag = event as Drag.Event;
    const welcome =
      drag.mimeData.hasData(FILES) && isWelcome(drag.target as Element);
    node.classList.toggle(
      OVER,
      welcome && ['lm-dragenter', 'lm-dragover'].includes(drag.type)
    );
    if (!welcome) {
      return;
    }
    // Else it would become a tab beside this one.
    drag.preventDefault();
    drag.stopPropagation();
    if (drag.type === 'lm-drop') {
      drag.dropAction = drag.proposedAction;
      const { clientX: x, clientY: y } = drag;
      onDrop(drag.mimeData.getData(FILES) as string[], { x, y });
    } else if (drag.type === 'lm-dragover') {
      drag.dropAction = drag.proposedAction;
    }
  };
  // As long as the node is there.
  EVENTS.forEach(name => node.addEventListener(name, onEvent));
}
