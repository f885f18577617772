/** The log of the step that is looked at in a run: another one when the step or attempt changes. */

import { IJobsClient } from '../api/client';
import { Live } from './live';
import { LogModel } from './log';
import { RunModel } from './run';
import { Store } from './store';

export interface IStepLogState {
  /** Null while the step has no log. */
  readonly log: LogModel | null;
}

export class StepLog extends Store<IStepLogState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    private readonly _run: RunModel
  ) {
    super({ log: null });
    _run.changed.connect(this._onChanged, this);
  }

  /** Whether the tab can be seen: only then is the log followed. */
  setVisible(visible: boolean): void {
    this._visible = visible;
    this.state.log?.setActive(visible);
  }

  override dispose(): void {
    this._run.changed.disconnect(this._onChanged, this);
    this.state.log?.dispose();
    super.dispose();
  }

  private _onChanged(): void {
    const { step } = this._run;
    const attempt = step?.attempt || (this._run.state.value?.attempt ?? 0);
    const key = step?.has_log ? `${attempt}/${step.step}` : '';
    if (key === this._key) {
      return;
    }
    this._key = key;
    this.state.log?.dispose();
    if (step === undefined || key === '') {
      this.update({ log: null });
      return;
    }
    const log = new LogModel(this._client, this._live, this._run.id, step.step);
    log.setActive(this._visible);
    this.update({ log });
  }

  private _key = '';
  private _visible = false;
}
