/** What can be done with an open pipeline. Each act is one step of its history. */

import { UUID } from '@lumino/coreutils';
import { IDisposable } from '@lumino/disposable';

import { placeAfter, STEP } from '../domain/canvas';
import { IPoint, Places } from '../domain/graph';
import { PIPELINE_SCOPE } from '../domain/parametersfile';
import { folderOf, relativeTo, resolveIn } from '../domain/paths';
import { arrangeAll } from '../domain/pipeline/arrange';
import { freeTitle, kernelFor, titleOf } from '../domain/pipeline/create';
import * as edits from '../domain/pipeline/edits';
import { setKernelspec } from '../domain/pipeline/kernelspec';
import { freePlace, ORIGIN } from '../domain/pipeline/places';
import { IPipelineStep } from '../domain/pipeline/read';
import { setResources } from '../domain/pipeline/resources';
import { ParameterTexts } from './parametertexts';
import { PipelineDoc } from './pipelinedoc';
import { IConnection, PipelineView } from './pipelineview';
import { Schemas } from './schemas';
import { StepFiles } from './stepfiles';

/** How far from the original a copy is put. */
const BESIDE = { x: 40, y: 40 } as const;

/** Steps that were copied, and the pipeline that they are from. */
interface IClipboard {
  readonly path: string;
  readonly steps: readonly IPipelineStep[];
  readonly places: Places;
}

/** One for all editors of this window. */
let clipboard: IClipboard | null = null;

export class PipelineEditor implements IDisposable {
  /** @param path - of the pipeline file now, from the server's root. */
  constructor(
    readonly doc: PipelineDoc,
    readonly view: PipelineView,
    readonly texts: ParameterTexts,
    readonly files: StepFiles,
    readonly schemas: Schemas,
    readonly path: () => string
  ) {
    doc.changed.connect(this.watchFiles, this);
    this.watchFiles();
  }

  get isDisposed(): boolean {
    return this.view.isDisposed;
  }

  dispose(): void {
    this.doc.changed.disconnect(this.watchFiles, this);
    this.texts.dispose();
    this.schemas.dispose();
    this.files.dispose();
    this.view.dispose();
    this.doc.dispose();
  }

  /** The selected steps; else the one that has the focus. */
  get meant(): string[] {
    const { selected, focused, connection } = this.view.state;
    return selected.size > 0
      ? [...selected]
      : focused !== null && connection === null
        ? [focused]
        : [];
  }

  get canPaste(): boolean {
    return clipboard !== null && this.doc.canEdit;
  }

  /** The file of a step from the server's root; null if it is elsewhere. */
  fileOf({ file }: IPipelineStep): string | null {
    return file === '' ? null : resolveIn(folderOf(this.path()), file);
  }

  /** The pipeline file has another path. */
  moved(): void {
    this.texts.moved();
    this.watchFiles();
  }

  /** Look at the files of the steps: which there are, and the schemas beside them. */
  watchFiles(): void {
    const files = new Map([[PIPELINE_SCOPE, this.path()]]);
    for (const step of this.view.steps) {
      const path = this.fileOf(step);
      if (path !== null) {
        files.set(step.step, path);
      }
    }
    this.schemas.watch(files);
  }

  /**
   * Add a step for each file.
   *
   * @param paths - from the server's root.
   * @param at - the middle of the first one; without it, beside the selected step or below all.
   */
  addFiles(paths: readonly string[], at?: IPoint): void {
    const { steps, state } = this.view;
    const places = new Map(state.places);
    const titles = steps.map(({ title }) => title);
    const folder = folderOf(this.path());
    let wanted =
      at === undefined
        ? this._proposal()
        : { x: at.x - STEP.width / 2, y: at.y - STEP.height / 2 };
    const added = paths.map(path => {
      const position = freePlace(wanted, places, STEP);
      const title = freeTitle(titleOf(path), titles);
      const step = UUID.uuid4();
      titles.push(title);
      places.set(step, position);
      wanted = placeAfter(position);
      const file = relativeTo(folder, path);
      return { step, title, file, kernel: kernelFor(file), position };
    });
    if (this.doc.edit([text => edits.addSteps(text, added)])) {
      const ids = added.map(({ step }) => step);
      this.view.select(ids, ids[0]);
    }
  }

  /** Remove the selected connection, else the selected steps. */
  remove(): void {
    const { connection } = this.view.state;
    if (connection !== null) {
      this.disconnect(connection);
      return;
    }
    const gone = this.meant;
    const next = this._nextTo(gone);
    this.doc.edit([text => edits.removeSteps(text, gone)]);
    this.view.select(next === null ? [] : [next]);
  }

  duplicate(): void {
    const titles = this.view.steps.map(({ title }) => title);
    const copies = new Map(
      this._inOrder(this.meant).map(({ step, title }) => {
        const copy = { step: UUID.uuid4(), title: freeTitle(title, titles) };
        titles.push(copy.title);
        return [step, copy];
      })
    );
    this.doc.edit([text => edits.duplicateSteps(text, copies, BESIDE)]);
    this.view.select([...copies.values()].map(({ step }) => step));
  }

  copy(): void {
    const { places } = this.view.state;
    const steps = this._inOrder(this.meant);
    if (steps.length > 0) {
      clipboard = { path: this.path(), steps, places };
    }
  }

  /** Insert what was copied, perhaps in another pipeline, with the connections among it. */
  paste(): void {
    if (clipboard === null) {
      return;
    }
    const { path, steps, places } = clipboard;
    const ids = new Map(steps.map(({ step }) => [step, UUID.uuid4()]));
    const taken = new Map(this.view.state.places);
    const titles = this.view.steps.map(({ title }) => title);
    const folder = folderOf(this.path());
    const added = steps.map(old => {
      const step = ids.get(old.step) as string;
      const place = places.get(old.step) ?? { x: 0, y: 0 };
      const position = freePlace(
        { x: place.x + BESIDE.x, y: place.y + BESIDE.y },
        taken,
        STEP
      );
      const title = freeTitle(old.title, titles);
      const file = resolveIn(folderOf(path), old.file);
      taken.set(step, position);
      titles.push(title);
      return {
        step,
        title,
        file: file === null ? old.file : relativeTo(folder, file),
        kernel: old.kernel,
        position,
        incoming: old.incoming.flatMap(before => ids.get(before) ?? []),
        parameters: old.parameters,
        kernelspec: old.kernelspec
      };
    });
    this.doc.edit([
      text => edits.addSteps(text, added),
      ...steps.map(
        ({ step, resources }) =>
          (text: string) =>
            setResources(text, ids.get(step) as string, resources)
      )
    ]);
    this.view.select(ids.values());
  }

  move(places: Places): void {
    this.doc.edit([text => edits.moveSteps(text, places)]);
  }

  /** Move the selected steps. */
  nudge({ x, y }: IPoint): void {
    const { places } = this.view.state;
    const moved = new Map<string, IPoint>();
    for (const step of this.meant) {
      const place = places.get(step);
      if (place !== undefined) {
        moved.set(step, { x: place.x + x, y: place.y + y });
      }
    }
    this.move(moved);
  }

  /** Put all steps from left to right, in the order in which they can run. */
  layout(): void {
    const { steps, state } = this.view;
    this.move(arrangeAll(steps, state.places, STEP));
  }

  /** @returns whether they are connected now. */
  connect({ from, to }: IConnection): boolean {
    return (
      this.view.refusal(from, to) === null &&
      this.doc.edit([text => edits.connect(text, from, to)])
    );
  }

  disconnect({ from, to }: IConnection): void {
    this.doc.edit([text => edits.disconnect(text, from, to)]);
  }

  /** Let a step get its input from another one earlier (-1) or later (1). */
  reorder(step: IPipelineStep, from: string, by: -1 | 1): void {
    const order = [...step.incoming];
    const at = order.indexOf(from);
    const to = at + by;
    if (at >= 0 && to >= 0 && to < order.length) {
      [order[at], order[to]] = [order[to], order[at]];
      this.doc.edit([text => edits.reorderIncoming(text, step.step, order)]);
    }
  }

  setTitle(step: string, title: string): void {
    this.doc.edit([text => edits.setTitle(text, step, title)]);
  }

  setFile(step: string, file: string): void {
    this.doc.edit([text => edits.setFile(text, step, file)]);
  }

  /** Choose the kernel of a step; empty: its file decides. */
  setKernelspec(step: string, name: string): void {
    this.doc.edit([text => setKernelspec(text, step, name)]);
  }

  /** Say what a step asks of a worker, as JSON; empty: nothing. */
  setResources(step: string, json: string): void {
    this.doc.edit([text => setResources(text, step, json)]);
  }

  setName(name: string): void {
    this.doc.edit([text => edits.setName(text, name)]);
  }

  setMaxParallel(limit: number | null): void {
    this.doc.edit([text => edits.setMaxParallel(text, limit)]);
  }

  /** Where a new step goes if nobody says. */
  private _proposal(): IPoint {
    const { single, state } = this.view;
    const place = single === null ? undefined : state.places.get(single.step);
    if (place !== undefined) {
      return placeAfter(place);
    }
    // Below all others.
    const points = [...state.places.values()];
    return points.length === 0
      ? ORIGIN
      : {
          x: Math.min(...points.map(({ x }) => x)),
          y: Math.max(...points.map(({ y }) => y)) + STEP.height
        };
  }

  /** The step that gets the focus when some are gone. */
  private _nextTo(gone: readonly string[]): string | null {
    const { steps } = this.view;
    const at = steps.findIndex(({ step }) => gone.includes(step));
    const rest = steps.filter(({ step }) => !gone.includes(step));
    return rest[Math.min(at, rest.length - 1)]?.step ?? null;
  }

  private _inOrder(ids: readonly string[]): IPipelineStep[] {
    return this.view.steps.filter(({ step }) => ids.includes(step));
  }
}
