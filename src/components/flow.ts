/** What the drawings of pipelines have in common, as the drawing library takes it. */

import { TranslationBundle } from '@jupyterlab/translation';
import {
  AriaLabelConfig,
  Edge,
  MarkerType,
  Node,
  Position
} from '@xyflow/react';

import { IGraphStep, ISize, Places } from '../domain/graph';

/** With more steps than this, an overview helps. */
export const MANY = 24;

/**
 * JupyterLab takes the `data-id` of what was right-clicked last for a tab's: then *Close Tab* would
 * find none.
 */
const NAMELESS = { 'data-id': undefined } as Node['domAttributes'];

/** All that a step shows, as text: the same texts, the same node. */
export interface IFace {
  readonly step: string;
  readonly selected: boolean;
}

export type FaceNode<F extends IFace> = Node<
  { face: F; trans: TranslationBundle } & Record<string, unknown>,
  'step'
>;

/** Nodes that are the same objects as long as they show the same at the same place. */
export class Nodes<F extends IFace> {
  /**
   * @param _size - of a node.
   * @param handle - the width and height of the ends of its connections.
   */
  constructor(
    private readonly _size: ISize,
    handle: number,
    private readonly _trans: TranslationBundle
  ) {
    const place = {
      y: (_size.height - handle) / 2,
      width: handle,
      height: handle
    };
    this._handles = [
      { type: 'target', position: Position.Left, x: -handle / 2, ...place },
      {
        type: 'source',
        position: Position.Right,
        x: _size.width - handle / 2,
        ...place
      }
    ];
  }

  of(faces: readonly F[], places: Places): FaceNode<F>[] {
    const known = new Map(this._nodes.map(node => [node.id, node]));
    const nodes = faces.map(face => {
      const { x, y } = places.get(face.step) ?? { x: 0, y: 0 };
      const old = known.get(face.step);
      const same =
        old !== undefined &&
        old.position.x === x &&
        old.position.y === y &&
        sameFace(old.data.face, face);
      return same ? old : this._new(face, x, y);
    });
    // The library looks at all of them anew if they are another list.
    if (
      nodes.length !== this._nodes.length ||
      nodes.some((node, index) => node !== this._nodes[index])
    ) {
      this._nodes = nodes;
    }
    return this._nodes;
  }

  private _new(face: F, x: number, y: number): FaceNode<F> {
    return {
      id: face.step,
      type: 'step',
      position: { x, y },
      width: this._size.width,
      height: this._size.height,
      handles: this._handles,
      selected: face.selected,
      domAttributes: NAMELESS,
      data: { face, trans: this._trans }
    };
  }

  private readonly _handles: FaceNode<F>['handles'];
  private _nodes: FaceNode<F>[] = [];
}

function sameFace<F extends IFace>(one: F, other: F): boolean {
  const keys = Object.keys(one) as (keyof F)[];
  return keys.every(key => one[key] === other[key]);
}

/** The connections among steps that are there. */
export function edgesAmong(steps: readonly IGraphStep[]): Edge[] {
  const known = new Set(steps.map(({ step }) => step));
  return steps.flatMap(({ step, incoming }) =>
    incoming.filter(before => known.has(before)).map(from => edge(from, step))
  );
}

export function edge(from: string, to: string): Edge {
  return {
    id: `${from} ${to}`,
    source: from,
    target: to,
    focusable: false,
    markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 }
  };
}

/** The step whose node was hit. */
export function stepAt(target: EventTarget): string | null {
  return (
    (target as Element).closest<HTMLElement>('[data-step]')?.dataset.step ??
    null
  );
}

/** What the buttons of a drawing are called. */
export function controlWords(
  trans: TranslationBundle
): Partial<AriaLabelConfig> {
  return {
    'controls.ariaLabel': trans.__('Zoom'),
    'controls.zoomIn.ariaLabel': trans.__('Zoom in'),
    'controls.zoomOut.ariaLabel': trans.__('Zoom out'),
    'controls.fitView.ariaLabel': trans.__('Show all steps'),
    'minimap.ariaLabel': trans.__('Overview')
  };
}
