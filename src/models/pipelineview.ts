/** What is looked at in an open pipeline: the selection, and a connection that is being made. */

import { IPoint, Places } from '../domain/graph';
import { beside, STEP, walk } from '../domain/canvas';
import { arrangeMissing } from '../domain/pipeline/arrange';
import { wouldCycle } from '../domain/pipeline/cycles';
import { IPipelineStep } from '../domain/pipeline/read';
import { PipelineDoc } from './pipelinedoc';
import { Store } from './store';

export interface IConnection {
  readonly from: string;
  readonly to: string;
}

export type Panel = 'step' | 'pipeline' | 'problems';

export interface IPipelineViewState {
  readonly places: Places;
  readonly selected: ReadonlySet<string>;
  /** The selected connection. */
  readonly connection: IConnection | null;
  /** The step that has the focus, or would get it. */
  readonly focused: string | null;
  /** A connection that is made by keyboard: from where, and where it would lead. */
  readonly connecting: IConnection | null;
  readonly panel: Panel;
  /** Parameters are shown as JSON, also if there could be a form. */
  readonly asJson: boolean;
}

/** Why two steps can't be connected. */
export type Refusal = 'same' | 'twice' | 'circle' | null;

export class PipelineView extends Store<IPipelineViewState> {
  constructor(private readonly _doc: PipelineDoc) {
    super({
      places: placesOf(_doc.state.pipeline?.steps ?? []),
      selected: new Set(),
      connection: null,
      focused: null,
      connecting: null,
      panel: _doc.state.broken ? 'problems' : 'step',
      asJson: false
    });
    _doc.changed.connect(this._onDoc, this);
  }

  get steps(): readonly IPipelineStep[] {
    return this._doc.state.pipeline?.steps ?? [];
  }

  /** The one step that is selected; null if it is none, or several. */
  get single(): IPipelineStep | null {
    const { selected } = this.state;
    return selected.size === 1
      ? (this.steps.find(({ step }) => selected.has(step)) ?? null)
      : null;
  }

  select(steps: Iterable<string>, focused?: string): void {
    const selected = new Set(steps);
    const last =
      focused ?? (selected.size === 1 ? [...selected][0] : undefined);
    this.update({
      selected,
      connection: null,
      connecting: null,
      ...(last !== undefined && { focused: last }),
      ...(selected.size > 0 &&
        this.state.panel === 'pipeline' && { panel: 'step' })
    });
  }

  /** Add a step to the selection, or take it out. */
  toggle(step: string): void {
    const selected = new Set(this.state.selected);
    if (!selected.delete(step)) {
      selected.add(step);
    }
    this.select(selected, step);
  }

  /** The focus came to a step. */
  focus(step: string): void {
    this.update({ focused: step });
  }

  selectAll(): void {
    this.select(this.steps.map(({ step }) => step));
  }

  selectConnection(connection: IConnection | null): void {
    this.update({
      connection,
      ...(connection !== null && { selected: new Set<string>() })
    });
  }

  show(panel: Panel): void {
    this.update({ panel });
  }

  showJson(asJson: boolean): void {
    this.update({ asJson });
  }

  /** The step that a key leads to from where the focus is; it is selected. */
  walk(from: string, key: string): string | null {
    const to = walk(from, key, this.steps, this.state.places);
    if (to !== null) {
      this.select([to], to);
    }
    return to;
  }

  /** Begin to make a connection by keyboard; the first step that it may lead to is proposed. */
  startConnecting(from: string): void {
    const { places } = this.state;
    const may = (to: string | null): to is string =>
      to !== null && this.refusal(from, to) === null;
    const near = beside(from, 'ArrowRight', places);
    // If none may be: the view says why.
    const others = this.steps
      .map(({ step }) => step)
      .filter(step => step !== from);
    const to = may(near) ? near : (others.find(may) ?? near ?? others[0]);
    if (to !== undefined) {
      this.update({ connecting: { from, to }, selected: new Set([from]) });
    }
  }

  /** Let the connection lead to another step. */
  aim(key: string): void {
    const { connecting, places } = this.state;
    if (connecting !== null) {
      const to = beside(connecting.to, key, places);
      if (to !== null) {
        this.update({ connecting: { ...connecting, to } });
      }
    }
  }

  stopConnecting(): void {
    this.update({ connecting: null });
  }

  /** Why there can be no connection from one step to another. */
  refusal(from: string, to: string): Refusal {
    if (from === to) {
      return 'same';
    }
    const target = this.steps.find(({ step }) => step === to);
    return target?.incoming.includes(from)
      ? 'twice'
      : wouldCycle(this.steps, from, to)
        ? 'circle'
        : null;
  }

  override dispose(): void {
    this._doc.changed.disconnect(this._onDoc, this);
    super.dispose();
  }

  /** Steps may be gone. */
  private _onDoc(): void {
    const { steps } = this;
    if (steps === this._shown) {
      return;
    }
    this._shown = steps;
    const known = new Set(steps.map(({ step }) => step));
    const { selected, focused, connection, connecting } = this.state;
    const isThere = (one: IConnection | null) =>
      one !== null && known.has(one.from) && known.has(one.to);
    const target = steps.find(({ step }) => step === connection?.to);
    // Found anew only if it could be another: a layout of many steps takes its time.
    const shape = shapeOf(steps);
    const isSame = shape === this._shape;
    this._shape = shape;
    this.update({
      ...(!isSame && { places: placesOf(steps) }),
      ...([...selected].some(step => !known.has(step)) && {
        selected: new Set([...selected].filter(step => known.has(step)))
      }),
      ...(focused !== null && !known.has(focused) && { focused: null }),
      ...(!target?.incoming.includes(connection?.from ?? '') && {
        connection: null
      }),
      ...(!isThere(connecting) && { connecting: null })
    });
  }

  private _shape = shapeOf(this.steps);
  private _shown: readonly IPipelineStep[] = [];
}

/** The same text for steps that have the same places. */
function shapeOf(steps: readonly IPipelineStep[]): string {
  return JSON.stringify(
    steps.map(({ step, incoming, position }) => [step, incoming, position])
  );
}

/** Where the steps are: as the file says, and where there is room for the others. */
function placesOf(steps: readonly IPipelineStep[]): Map<string, IPoint> {
  const known = steps.flatMap(({ step, position }) =>
    position === null ? [] : ([[step, position]] as const)
  );
  return steps.length === 0
    ? new Map()
    : arrangeMissing(steps, new Map(known), STEP);
}
