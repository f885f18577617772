/** One run with its steps, and which of them is looked at. */

import { IJobsClient } from '../api/client';
import { IChange } from '../api/events';
import { RunDetail, StepRun } from '../api/types';
import { firstToLookAt } from '../domain/steps';
import { DetailModel } from './detail';
import { Live } from './live';

export class RunModel extends DetailModel<RunDetail> {
  constructor(
    private readonly _client: IJobsClient,
    live: Live,
    readonly id: string
  ) {
    super(live);
  }

  /** The step looked at: the user's choice, else the one that matters most. */
  get step(): StepRun | undefined {
    const steps = this.state.value?.steps ?? [];
    return (
      steps.find(step => step.step === this._chosen) ?? firstToLookAt(steps)
    );
  }

  /** Look at a step, and stay with it. */
  selectStep(step: string): void {
    if (step !== this._chosen) {
      this._chosen = step;
      this.announce();
    }
  }

  protected fetch(): Promise<RunDetail> {
    return this._client.getRun(this.id);
  }

  protected concerns(change: IChange): boolean {
    return change.kind === 'run' && change.id === this.id;
  }

  private _chosen: string | null = null;
}
