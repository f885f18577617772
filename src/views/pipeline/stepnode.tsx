/** One step on the canvas. */

import {
  codeIcon,
  fileIcon,
  LabIcon,
  notebookIcon,
  pythonIcon,
  terminalIcon
} from '@jupyterlab/ui-components';
import { Handle, NodeProps, Position } from '@xyflow/react';
import React from 'react';

import { FaceNode, IFace } from '../../components/flow';
import { problemIcon } from '../../components/icons';
import { StatusIcon } from '../../components/status';
import { fileKind, FileKind } from '../../domain/paths';
import { Status } from '../../domain/status';

export interface IStepFace extends IFace {
  readonly title: string;
  readonly file: string;
  /** What is wrong with it, in sentences; empty if nothing is. */
  readonly problems: string;
  /** The steps that it waits for, for screen readers. */
  readonly after: string;
  /** How it goes in the quick run; null if it isn’t run. */
  readonly status: Status | null;
  /** The same in words. */
  readonly progress: string;
  /** Whether the Tab key stops here. */
  readonly isStop: boolean;
  /** While a connection is made by keyboard. */
  readonly role: 'from' | 'to' | 'refused' | null;
  readonly canConnect: boolean;
}

export type StepNode = FaceNode<IStepFace>;

const ICONS: Readonly<Record<FileKind, LabIcon>> = {
  notebook: notebookIcon,
  python: pythonIcon,
  bash: terminalIcon,
  script: codeIcon,
  other: fileIcon
};

export const StepNodeView = React.memo(function StepNodeView({
  data: { face, trans }
}: NodeProps<StepNode>): JSX.Element {
  const Icon = ICONS[fileKind(face.file)].react;
  return (
    <>
      <Handle
        type="target"
        position={Position.Left}
        isConnectable={face.canConnect}
      />
      <button
        className="jp-OrchestJobs-stepNode"
        data-step={face.step}
        data-role={face.role ?? undefined}
        data-status={face.status ?? undefined}
        data-problem={face.problems !== '' || undefined}
        aria-pressed={face.selected}
        tabIndex={face.isStop ? 0 : -1}
        title={
          face.problems === ''
            ? trans.__('%1: %2', face.title, face.file)
            : trans.__('%1: %2', face.title, face.problems)
        }
      >
        <span className="jp-OrchestJobs-stepIcon" aria-hidden="true">
          <Icon tag="span" />
        </span>
        <span className="jp-OrchestJobs-stepWords">
          <span className="jp-OrchestJobs-nodeTitle">{face.title}</span>{' '}
          {face.status === null ? (
            <span className="jp-OrchestJobs-nodeFile">{face.file}</span>
          ) : (
            <span className="jp-OrchestJobs-nodeState">
              <StatusIcon status={face.status} />
              <span>{face.progress}</span>
            </span>
          )}
        </span>
        {face.problems !== '' && (
          <span className="jp-OrchestJobs-stepBadge">
            <problemIcon.react tag="span" aria-hidden="true" />
            <span className="jp-OrchestJobs-hidden">{face.problems}</span>
          </span>
        )}
        <span className="jp-OrchestJobs-hidden"> {face.after}</span>
      </button>
      <Handle
        type="source"
        position={Position.Right}
        isConnectable={face.canConnect}
      />
    </>
  );
});
