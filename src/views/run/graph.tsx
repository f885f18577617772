/** The pipeline of a run as a drawing that can be looked at, but not changed. Loaded when needed. */

import '@xyflow/react/dist/style.css';
import '../../../style/graph.css';

import { TranslationBundle } from '@jupyterlab/translation';
import { Controls, MiniMap, ReactFlow, ReactFlowInstance } from '@xyflow/react';
import React, { useId, useMemo, useRef, useState } from 'react';

import { StepRun } from '../../api/types';
import {
  controlWords,
  edgesAmong,
  MANY,
  Nodes,
  stepAt
} from '../../components/flow';
import { elapsed, formatDuration } from '../../domain/durations';
import { NODE, Places, stepTowards } from '../../domain/graph';
import { arrange } from '../../domain/layout';
import { shownIcon, shownStatus } from '../../domain/status';
import { cellProgress, stepOrigin, titlesBefore } from '../../domain/steps';
import { useFitting } from '../../hooks/fitting';
import { IStepFace, StepNode, StepNodeView } from './node';

/** As the style sheet has it. */
const HANDLE = 8;
const NODE_TYPES = { step: StepNodeView };
const VIEW = { padding: 0.08, maxZoom: 1, minZoom: 0.45 };

export interface IGraphProps {
  readonly steps: readonly StepRun[];
  /** As the pipeline's author has put them. */
  readonly places: Places;
  /** The current attempt of the run. */
  readonly attempt: number;
  readonly selected: string | null;
  readonly now: number;
  readonly trans: TranslationBundle;
  readonly onSelect: (step: string) => void;
}

export default function Graph(props: IGraphProps): JSX.Element {
  const { steps, selected, trans, onSelect } = props;
  // Two drawings would share the points of their arrows else, also if one isn’t seen.
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const flow = useRef<ReactFlowInstance<StepNode> | null>(null);
  const [focused, setFocused] = useState<string | null>(null);

  // Statuses change often, the pipeline of a run never: places and edges stay.
  const shape = shapeOf(steps);
  const places = useMemo(
    () => arrange(steps, props.places),
    [shape, props.places]
  );
  const edges = useMemo(() => edgesAmong(steps), [shape]);

  const [known] = useState(() => new Nodes<IStepFace>(NODE, HANDLE, trans));
  const stop = steps.some(({ step }) => step === focused) ? focused : selected;
  const nodes = known.of(
    steps.map(step => faceOf(step, stop, props)),
    places
  );

  const fit = useFitting(root, flow, VIEW, true);

  /** Move the drawing so that a step can be seen, if it can't. */
  const reveal = (step: string) => {
    const place = places.get(step);
    const box = root.current?.getBoundingClientRect();
    if (place === undefined || box === undefined || flow.current === null) {
      return;
    }
    const { x, y, zoom } = flow.current.getViewport();
    const left = place.x * zoom + x;
    const top = place.y * zoom + y;
    const seen =
      left >= 0 &&
      top >= 0 &&
      left + NODE.width * zoom <= box.width &&
      top + NODE.height * zoom <= box.height;
    if (!seen) {
      void flow.current.setCenter(
        place.x + NODE.width / 2,
        place.y + NODE.height / 2,
        { zoom }
      );
    }
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    const from = stepAt(event.target);
    const to =
      from === null || event.ctrlKey || event.metaKey || event.altKey
        ? null
        : stepTowards(from, event.key, steps, places);
    if (to !== null) {
      event.preventDefault();
      event.stopPropagation();
      setFocused(to);
      reveal(to);
      // Without scrolling: that would shift the drawing inside of its frame.
      [...(root.current?.querySelectorAll<HTMLElement>('[data-step]') ?? [])]
        .find(node => node.dataset.step === to)
        ?.focus({ preventScroll: true });
    }
  };

  return (
    <div
      ref={root}
      className="jp-OrchestJobs-graph"
      role="group"
      aria-label={trans.__(
        'Steps of the pipeline: arrow keys follow the connections, Enter selects'
      )}
      onKeyDown={onKeyDown}
      onFocus={event => {
        const step = stepAt(event.target);
        if (step !== null) {
          setFocused(step);
        }
      }}
    >
      <ReactFlow<StepNode>
        id={id}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        minZoom={0.1}
        maxZoom={2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        panOnScroll
        onNodeClick={(_, node) => onSelect(node.id)}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        onInit={instance => {
          flow.current = instance;
          fit();
          if (selected !== null) {
            reveal(selected);
          }
        }}
        ariaLabelConfig={controlWords(trans)}
      >
        <Controls showInteractive={false} fitViewOptions={{ padding: 0.08 }} />
        {steps.length > MANY && (
          <MiniMap<StepNode>
            pannable
            nodeClassName={node => `jp-OrchestJobs-mini-${node.data.face.icon}`}
          />
        )}
      </ReactFlow>
    </div>
  );
}

function faceOf(
  step: StepRun,
  stop: string | null,
  props: IGraphProps
): IStepFace {
  const { steps, attempt, selected, now, trans } = props;
  const took = elapsed(step.started_at, step.finished_at, now);
  const before = titlesBefore(step, steps);
  return {
    step: step.step,
    title: step.title,
    file: step.file_path,
    icon: shownIcon(step),
    word: shownStatus(step, trans),
    took: formatDuration(took, trans),
    progress: [cellProgress(step, trans), stepOrigin(step, attempt, trans)]
      .filter(text => text !== '')
      .join(' · '),
    after: before.length > 0 ? trans.__('after: %1', before.join(', ')) : '',
    selected: step.step === selected,
    isStop: step.step === stop
  };
}

/** The same text for the same steps and connections. */
function shapeOf(steps: readonly StepRun[]): string {
  return JSON.stringify(steps.map(({ step, incoming }) => [step, incoming]));
}
