/** One run with its steps, and which of them is looked at. */

import { IJobsClient } from '../api/client';
import { IChange } from '../api/events';
import { RunDetail, StepRun } from '../api/types';
import { IPoint, placesIn } from '../domain/graph';
import { firstToLookAt } from '../domain/steps';
import { DetailModel } from './detail';
import { Live } from './live';

export class RunModel extends DetailModel<RunDetail> {
  /** @param step - the one to look at, if the run has it. */
  constructor(
    private readonly _client: IJobsClient,
    live: Live,
    readonly id: string,
    step: string | null = null
  ) {
    super(live);
    this._chosen = step;
  }

  /** The step looked at: the user's choice, else the one that matters most. */
  get step(): StepRun | undefined {
    const steps = this.state.value?.steps ?? [];
    return (
      steps.find(step => step.step === this._chosen) ?? firstToLookAt(steps)
    );
  }

  /** The step that somebody chose. */
  get chosen(): string | null {
    return this._chosen;
  }

  /** Where the pipeline's author has put the steps; null until that is known. */
  get places(): ReadonlyMap<string, IPoint> | null {
    return this._places;
  }

  /** Look at a step, and stay with it. */
  selectStep(step: string): void {
    if (step !== this._chosen) {
      this._chosen = step;
      this.announce();
    }
  }

  protected async fetch(): Promise<RunDetail> {
    if (this._places === null) {
      void this._findPlaces();
    }
    return this._client.getRun(this.id);
  }

  protected concerns(change: IChange): boolean {
    return change.kind === 'run' && change.id === this.id;
  }

  private async _findPlaces(): Promise<void> {
    try {
      const { document } = await this._client.getRunPipeline(this.id);
      this._places = placesIn(document);
    } catch {
      // Without them the steps are laid out by themselves.
      this._places = new Map();
    }
    this.announce();
  }

  private _chosen: string | null;
  private _places: ReadonlyMap<string, IPoint> | null = null;
}
