/** One step in the drawing of a pipeline. */

import { Handle, NodeProps, Position } from '@xyflow/react';
import React from 'react';

import { FaceNode, IFace } from '../../components/flow';
import { StatusIcon } from '../../components/status';
import { Status } from '../../domain/status';

export interface IStepFace extends IFace {
  readonly title: string;
  readonly file: string;
  readonly icon: Status;
  readonly word: string;
  readonly took: string;
  readonly progress: string;
  /** The steps that it waits for, for screen readers. */
  readonly after: string;
  /** Whether the Tab key stops here. */
  readonly isStop: boolean;
}

export type StepNode = FaceNode<IStepFace>;

export const StepNodeView = React.memo(function StepNodeView({
  data: { face, trans }
}: NodeProps<StepNode>): JSX.Element {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        className="jp-OrchestJobs-node"
        data-step={face.step}
        data-status={face.icon}
        aria-pressed={face.selected}
        tabIndex={face.isStop ? 0 : -1}
        title={trans.__('%1: %2', face.title, face.file)}
      >
        <span className="jp-OrchestJobs-nodeTitle">{face.title}</span>{' '}
        <span className="jp-OrchestJobs-nodeState">
          <StatusIcon status={face.icon} />
          <span>{face.word}</span>{' '}
          <span className="jp-OrchestJobs-nodeTime">{face.took}</span>
        </span>{' '}
        <span className="jp-OrchestJobs-nodeFile">
          {face.progress === '' ? face.file : face.progress}
        </span>
        <span className="jp-OrchestJobs-hidden"> {face.after}</span>
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
});
