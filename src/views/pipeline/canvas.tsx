/** The canvas: steps and their connections, for mouse and keyboard. */

import '@xyflow/react/dist/style.css';
import '../../../style/graph.css';

import {
  Background,
  Controls,
  Edge,
  EdgeChange,
  MiniMap,
  NodeChange,
  ReactFlow,
  ReactFlowInstance
} from '@xyflow/react';
import React, {
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState
} from 'react';

import { StepRun } from '../../api/types';
import { controlWords, MANY, Nodes, stepAt } from '../../components/flow';
import { STEP } from '../../domain/canvas';
import { IPoint, Places } from '../../domain/graph';
import { IPipelineStep } from '../../domain/pipeline/read';
import { shownIcon, shownStatus } from '../../domain/status';
import { cellProgress } from '../../domain/steps';
import { useFitting } from '../../hooks/fitting';
import { useObservable } from '../../hooks/observable';
import { edgesOf } from './flow';
import { useKeys } from './keys';
import { IPipelineProps } from './props';
import { IStepFace, StepNode, StepNodeView } from './stepnode';

/** As the style sheet has it. */
const HANDLE = 10;
const GRID: [number, number] = [10, 10];
const NODE_TYPES = { step: StepNodeView };
const VIEW = { padding: 0.1, maxZoom: 1, minZoom: 0.3 };
/** So long a new step may take to be drawn. */
const FRAMES = 20;
/** Between a step and the border of the canvas. */
const MARGIN = 16;
const NOWHERE: Places = new Map();

/** What others may ask of a canvas. */
export interface ICanvas {
  focus(step: string | null): void;
  showAll(): void;
  /** The place of the canvas below a point of the page. */
  placeAt(point: IPoint): IPoint;
}

export function Canvas(
  props: IPipelineProps & {
    /** Step → what is wrong with it. */
    problems: ReadonlyMap<string, readonly string[]>;
    onCanvas: (canvas: ICanvas | null) => void;
    /** Go on in the panel. */
    onEnter: () => void;
  }
): JSX.Element {
  const { editor, quick, acts, problems, trans, onCanvas } = props;
  const { doc, view } = editor;
  const { readOnly, broken } = useObservable(doc);
  const state = useObservable(view);
  useObservable(quick);
  // Two drawings would share the points of their arrows else, also if one isn’t seen.
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const flow = useRef<ReactFlowInstance<StepNode> | null>(null);
  /** Where steps are while they are dragged. */
  const [dragged, setDragged] = useState(NOWHERE);
  /** What is to get the focus. */
  const [wanted, setWanted] = useState<{ step: string | null } | null>(null);
  const { steps } = view;
  const { selected, focused, connecting } = state;
  const canEdit = !readOnly && !broken;

  const places = useMemo(
    () =>
      dragged.size === 0
        ? state.places
        : new Map([...state.places, ...dragged]),
    [state.places, dragged]
  );
  const titles = useMemo(
    () => new Map(steps.map(step => [step.step, nameOf(step, trans)])),
    [steps]
  );
  const stop = focused ?? [...selected][0] ?? steps[0]?.step ?? null;
  const faces = steps.map((step): IStepFace => {
    const before = step.incoming.flatMap(id => titles.get(id) ?? []);
    const { step: id } = step;
    return {
      step: id,
      title: titles.get(id) ?? '',
      file: step.file,
      ...runOf(quick.step(id), trans),
      problems: (problems.get(id) ?? []).join(' '),
      after: before.length > 0 ? trans.__('after: %1', before.join(', ')) : '',
      selected: selected.has(id),
      isStop: id === stop,
      role:
        connecting === null
          ? null
          : connecting.from === id
            ? 'from'
            : connecting.to !== id
              ? null
              : view.refusal(connecting.from, id) === null
                ? 'to'
                : 'refused',
      canConnect: canEdit
    };
  });
  // The first step of an empty pipeline stays where it is put.
  const [wasFull] = useState(() => steps.length > 0);
  const [known] = useState(() => new Nodes<IStepFace>(STEP, HANDLE, trans));
  const nodes = known.of(faces, places);
  const edges = useMemo(
    () => edgesOf(steps, state),
    [steps, state.connection, connecting]
  );

  const fit = useFitting(root, flow, VIEW, wasFull);

  const reveal = useCallback((step: string) => {
    const place = view.state.places.get(step);
    const box = root.current?.getBoundingClientRect();
    if (place === undefined || box === undefined || flow.current === null) {
      return;
    }
    const { x, y, zoom } = flow.current.getViewport();
    const left = place.x * zoom + x;
    const top = place.y * zoom + y;
    // As little as possible: what is looked at stays where it is.
    const dx = within(left, STEP.width * zoom, box.width);
    const dy = within(top, STEP.height * zoom, box.height);
    if (dx !== 0 || dy !== 0) {
      void flow.current.setViewport({ x: x + dx, y: y + dy, zoom });
    }
  }, []);

  const focus = useCallback((step: string | null) => {
    const node =
      step === null
        ? null
        : root.current?.querySelector<HTMLElement>(
            `[data-step="${CSS.escape(step)}"]`
          );
    if (node && step !== null) {
      reveal(step);
    }
    // Without scrolling: that would shift the drawing inside of its frame.
    (node ?? root.current)?.focus({ preventScroll: true });
    return Boolean(node);
  }, []);

  useEffect(() => {
    onCanvas({
      focus: step => setWanted({ step: step ?? view.state.focused }),
      // Once the steps are where they are put.
      showAll: () =>
        requestAnimationFrame(() => void flow.current?.fitView(VIEW)),
      placeAt: point => flow.current?.screenToFlowPosition(point) ?? point
    });
    return () => onCanvas(null);
  }, []);

  // After drawing, which takes the library a frame or two for a new step.
  useEffect(() => {
    if (wanted === null) {
      return;
    }
    const known = view.steps.some(({ step }) => step === wanted.step);
    let frames = known ? FRAMES : 0;
    let next = 0;
    const attempt = () => {
      frames -= 1;
      if (!focus(wanted.step) && frames > 0) {
        next = requestAnimationFrame(attempt);
      }
    };
    attempt();
    return () => cancelAnimationFrame(next);
  }, [wanted]);

  useEffect(() => {
    if (connecting !== null) {
      reveal(connecting.to);
    }
  }, [connecting?.to]);

  const onNodesChange = (changes: NodeChange<StepNode>[]) => {
    const moves = new Map<string, IPoint>();
    const now = new Set(view.state.selected);
    let chosen = false;
    for (const change of changes) {
      if (change.type === 'position' && change.position && change.dragging) {
        moves.set(change.id, change.position);
      } else if (change.type === 'select') {
        chosen = true;
        if (change.selected) {
          now.add(change.id);
        } else {
          now.delete(change.id);
        }
      }
    }
    if (moves.size > 0) {
      setDragged(old => new Map([...old, ...moves]));
    }
    if (chosen) {
      view.select(now);
    }
  };
  const onDragStop = (_: unknown, __: unknown, moved: StepNode[]) => {
    if (dragged.size > 0) {
      editor.move(new Map(moved.map(({ id, position }) => [id, position])));
      setDragged(NOWHERE);
    }
  };
  const onEdgesChange = (changes: EdgeChange<Edge>[]) => {
    for (const change of changes) {
      if (change.type === 'select' && change.selected) {
        const [from, to] = change.id.split(' ');
        view.selectConnection({ from, to });
      }
    }
  };

  const onKeyDown = useKeys(props, focus);
  return (
    <div
      ref={root}
      className="jp-OrchestJobs-graph jp-OrchestJobs-canvas"
      role="group"
      tabIndex={steps.length === 0 ? 0 : -1}
      aria-label={trans.__(
        'Steps of the pipeline. Arrow keys: go to another step. Enter: its properties. A: add a step. C: connect. Delete: remove.'
      )}
      onKeyDown={onKeyDown}
      onFocus={event => {
        const step = stepAt(event.target);
        if (step !== null && step !== view.state.focused) {
          view.focus(step);
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
        snapToGrid
        snapGrid={GRID}
        nodesDraggable={canEdit}
        nodesConnectable={canEdit}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        panOnScroll
        nodeDragThreshold={3}
        connectionRadius={30}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={onDragStop}
        onSelectionDragStop={(event, moved) => onDragStop(event, null, moved)}
        onPaneClick={() => {
          view.select([]);
        }}
        onNodeClick={() => {
          // Also of a step that is selected already.
          if (view.state.panel === 'pipeline') {
            view.show('step');
          }
        }}
        onNodeContextMenu={(_, { id }) => {
          if (!view.state.selected.has(id)) {
            view.select([id], id);
          }
        }}
        onEdgeContextMenu={(_, { source, target }) =>
          view.selectConnection({ from: source, to: target })
        }
        onNodeDoubleClick={(_, { id }) => {
          const step = steps.find(one => one.step === id);
          const path = step === undefined ? null : editor.fileOf(step);
          if (path !== null) {
            acts.openFile(path);
          }
        }}
        isValidConnection={({ source, target }) =>
          view.refusal(source, target) === null
        }
        onConnect={({ source, target }) =>
          editor.connect({ from: source, to: target })
        }
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        onInit={instance => {
          flow.current = instance;
          fit();
        }}
        ariaLabelConfig={controlWords(trans)}
      >
        <Background gap={20} />
        <Controls showInteractive={false} fitViewOptions={VIEW} />
        {steps.length > MANY && <MiniMap<StepNode> pannable />}
      </ReactFlow>
    </div>
  );
}

/** What is shown of a step in the quick run. */
function runOf(
  run: StepRun | undefined,
  trans: IPipelineProps['trans']
): Pick<IStepFace, 'status' | 'progress'> {
  return run === undefined
    ? { status: null, progress: '' }
    : {
        status: shownIcon(run),
        progress: [shownStatus(run, trans), cellProgress(run, trans)]
          .filter(text => text !== '')
          .join(' · ')
      };
}

/** How far a part has to be moved to lie within a whole, with a margin. */
function within(start: number, size: number, whole: number): number {
  const before = MARGIN - start;
  const behind = start + size + MARGIN - whole;
  return before > 0 ? before : behind > 0 ? -behind : 0;
}

export function nameOf(
  step: IPipelineStep,
  trans: IPipelineProps['trans']
): string {
  return step.title === '' ? trans.__('Unnamed step') : step.title;
}
