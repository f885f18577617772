/** A pipeline as the drawing library takes it. */

import { TranslationBundle } from '@jupyterlab/translation';
import { Edge, MarkerType, Position } from '@xyflow/react';

import { STEP } from '../../domain/canvas';
import { Places } from '../../domain/graph';
import { IPipelineStep } from '../../domain/pipeline/read';
import { IConnection, IPipelineViewState } from '../../models/pipelineview';
import { IStepFace, StepNode } from './stepnode';

const HANDLES: StepNode['handles'] = [
  { type: 'target', position: Position.Left, x: 0, y: STEP.height / 2 },
  {
    type: 'source',
    position: Position.Right,
    x: STEP.width,
    y: STEP.height / 2
  }
];

/** Nodes that are the same objects as long as they show the same at the same place. */
export class Nodes {
  constructor(private readonly _trans: TranslationBundle) {}

  of(faces: readonly IStepFace[], places: Places): StepNode[] {
    const known = this._known;
    this._known = new Map(
      faces.map(face => {
        const { x, y } = places.get(face.step) ?? { x: 0, y: 0 };
        const old = known.get(face.step);
        const same =
          old !== undefined &&
          old.position.x === x &&
          old.position.y === y &&
          sameFace(old.data.face, face);
        return [face.step, same ? old : this._new(face, x, y)];
      })
    );
    return [...this._known.values()];
  }

  private _new(face: IStepFace, x: number, y: number): StepNode {
    return {
      id: face.step,
      type: 'step',
      position: { x, y },
      width: STEP.width,
      height: STEP.height,
      handles: HANDLES,
      selected: face.selected,
      data: { face, trans: this._trans }
    };
  }

  private _known = new Map<string, StepNode>();
}

function sameFace(one: IStepFace, other: IStepFace): boolean {
  const keys = Object.keys(one) as (keyof IStepFace)[];
  return keys.every(key => one[key] === other[key]);
}

export function edgesOf(
  steps: readonly IPipelineStep[],
  { connection, connecting }: IPipelineViewState
): Edge[] {
  const known = new Set(steps.map(({ step }) => step));
  const edges = steps.flatMap(({ step, incoming }) =>
    incoming
      .filter(before => known.has(before))
      .map(before =>
        edge(
          { from: before, to: step },
          connection?.from === before && connection.to === step
        )
      )
  );
  return connecting === null
    ? edges
    : [
        ...edges,
        {
          ...edge(connecting, false),
          id: 'new',
          animated: true,
          selectable: false
        }
      ];
}

function edge({ from, to }: IConnection, selected: boolean): Edge {
  return {
    id: `${from} ${to}`,
    source: from,
    target: to,
    selected,
    focusable: false,
    markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 }
  };
}
