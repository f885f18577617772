/** The editor of a pipeline: the canvas, and the panel beside it. */

import React, { useCallback, useMemo, useRef, useState } from 'react';

import { Notice } from '../../components/notice';
import { Split } from '../../components/split';
import { ITab, Tabs } from '../../components/tabs';
import { useObservable } from '../../hooks/observable';
import { PipelineEditor } from '../../models/pipelineeditor';
import { Panel } from '../../models/pipelineview';
import { Canvas, ICanvas, nameOf } from './canvas';
import { allProblems, ProblemsPane } from './problems';
import { IPipelineProps } from './props';
import { QuickBar } from './quickbar';
import { Settings } from './settings';
import { Properties } from './properties';

export function PipelineBody(
  props: IPipelineProps & { onCanvas: (canvas: ICanvas | null) => void }
): JSX.Element {
  const { editor, trans, onCanvas } = props;
  const { doc, view } = editor;
  const state = useObservable(doc);
  const { panel } = useObservable(view);
  useObservable(editor.files);
  useObservable(editor.texts);
  useObservable(editor.schemas);
  const [share, setShare] = useState(0.68);
  const side = useRef<HTMLDivElement>(null);
  const canvas = useRef<ICanvas | null>(null);

  const problems = allProblems(props);
  const count = problems.length;
  const ofStep = useMemo(() => {
    const found = new Map<string, string[]>();
    for (const { step, message } of problems) {
      if (step !== null) {
        found.set(step, [...(found.get(step) ?? []), message]);
      }
    }
    return found;
  }, [problems.map(({ step, message }) => `${step} ${message}`).join('\n')]);

  const keep = useCallback((now: ICanvas | null) => {
    canvas.current = now;
    onCanvas(now);
  }, []);
  const tabs: ITab<Panel>[] = [
    { id: 'step', label: trans.__('Properties') },
    { id: 'pipeline', label: trans.__('Settings') },
    {
      id: 'problems',
      label:
        count === 0 ? trans.__('Problems') : trans.__('Problems (%1)', count)
    }
  ];
  const enter = () => {
    // Once the panel is there.
    requestAnimationFrame(() =>
      side.current
        ?.querySelector<HTMLElement>('[role="tabpanel"] input')
        ?.focus()
    );
  };
  return (
    <div className="jp-OrchestJobs-pipelineEditor">
      <Trouble {...props} />
      <Split
        label={trans.__('Width of the canvas')}
        share={share}
        onShare={setShare}
        first={
          <div className="jp-OrchestJobs-canvasPane">
            <Canvas
              {...props}
              problems={ofStep}
              onCanvas={keep}
              onEnter={enter}
            />
            {state.pipeline?.steps.length === 0 && <Empty {...props} />}
            <Connecting {...props} />
            <QuickBar {...props} />
          </div>
        }
        second={
          <div
            ref={side}
            className="jp-OrchestJobs-pipelinePanel"
            onKeyDown={event => {
              if (event.key === 'Escape' && !event.defaultPrevented) {
                canvas.current?.focus(null);
              }
            }}
          >
            <Tabs
              label={trans.__('About the pipeline')}
              tabs={tabs}
              current={panel}
              onChoose={id => view.show(id)}
            >
              {panel === 'step' ? (
                <Properties {...props} />
              ) : panel === 'pipeline' ? (
                <Settings {...props} />
              ) : (
                <ProblemsPane
                  {...props}
                  problems={problems}
                  onStep={step => {
                    view.select([step], step);
                    canvas.current?.focus(step);
                  }}
                />
              )}
            </Tabs>
          </div>
        }
      />
    </div>
  );
}

/** The text can't be read: the last graph stays in view, and what to do is said. */
function Trouble(props: IPipelineProps): JSX.Element | null {
  const { editor, acts, trans } = props;
  const { doc } = editor;
  const { broken, canMend, pipeline, problems, readOnly } = useObservable(doc);
  if (!broken) {
    return null;
  }
  const [first] = problems;
  return (
    <Notice kind="error" live>
      <span>
        {trans.__(
          'Line %1, column %2: %3',
          first.line,
          first.column,
          allProblems(props)[0].message
        )}{' '}
        {pipeline !== null &&
          trans.__(
            'Shown is the pipeline as it was before; it can’t be edited.'
          )}
      </span>
      {canMend && !readOnly && (
        <button className="jp-OrchestJobs-link" onClick={() => doc.mend()}>
          {trans.__('Repair it')}
        </button>
      )}
      <button className="jp-OrchestJobs-link" onClick={() => acts.openText()}>
        {trans.__('Open in editor')}
      </button>
    </Notice>
  );
}

function Empty({ trans }: IPipelineProps): JSX.Element {
  return (
    <div className="jp-OrchestJobs-canvasHint">
      <p>{trans.__('This pipeline has no steps yet.')}</p>
      <p>
        {trans.__(
          'Drag notebooks and scripts from the file browser to this place, or use “Add step” (key A).'
        )}
      </p>
    </div>
  );
}

/** What the keys do while a connection is made, also for screen readers. */
function Connecting({ editor, trans }: IPipelineProps): JSX.Element {
  return (
    <div className="jp-OrchestJobs-canvasState" role="status">
      {connectingText(editor, trans)}
    </div>
  );
}

function connectingText(
  { view }: PipelineEditor,
  trans: IPipelineProps['trans']
): string {
  const { connecting } = useObservable(view);
  if (connecting === null) {
    return '';
  }
  const { from, to } = connecting;
  const name = (id: string) => {
    const step = view.steps.find(one => one.step === id);
    return step === undefined ? '' : nameOf(step, trans);
  };
  switch (view.refusal(from, to)) {
    case 'same':
      return trans.__(
        '“%1”: choose another step with the arrow keys.',
        name(to)
      );
    case 'twice':
      return trans.__('“%1” waits for “%2” already.', name(to), name(from));
    case 'circle':
      return trans.__(
        'Not to “%1”: “%2” waits for it, that would be a circle.',
        name(to),
        name(from)
      );
    case null:
      return trans.__(
        'Connect “%1” to “%2”? Enter: yes. Arrow keys: another step. Esc: no.',
        name(from),
        name(to)
      );
  }
}
