/** The log of the step that is looked at in a run: another one when the step or attempt changes. */

import { IJobsClient, IWhichLog } from '../api/client';
import { Live } from './live';
import { LogModel } from './log';
import { RunModel } from './run';
import { Store } from './store';

export interface IStepLogState {
  /** Null while the step has no log. */
  readonly log: LogModel | null;
  /** The earlier log that somebody wants to read; null: the last one. */
  readonly which: IWhichLog | null;
}

export class StepLog extends Store<IStepLogState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    private readonly _run: RunModel
  ) {
    super({ log: null, which: null });
    _run.changed.connect(this._onChanged, this);
  }

  /** Whether the tab can be seen: only then is the log followed. */
  setVisible(visible: boolean): void {
    this._visible = visible;
    this.state.log?.setActive(visible);
  }

  /** Read the log of an earlier try or attempt of the step looked at; with null: the last one. */
  choose(which: IWhichLog | null): void {
    const { step } = this._run;
    if (step !== undefined) {
      this._show(this._keyNow(), step.step, which);
    }
  }

  override dispose(): void {
    this._run.changed.disconnect(this._onChanged, this);
    this.state.log?.dispose();
    super.dispose();
  }

  private _keyNow(): string {
    const { step } = this._run;
    const attempt = step?.attempt || (this._run.state.value?.attempt ?? 0);
    return step?.has_log ? `${attempt}/${step.step}` : '';
  }

  private _onChanged(): void {
    const key = this._keyNow();
    if (key !== this._key) {
      this._show(key, this._run.step?.step ?? '', null);
    }
  }

  private _show(key: string, step: string, which: IWhichLog | null): void {
    this._key = key;
    this.state.log?.dispose();
    if (key === '') {
      this.update({ log: null, which: null });
      return;
    }
    const log = new LogModel(
      this._client,
      this._live,
      this._run.id,
      step,
      which ?? undefined
    );
    log.setActive(this._visible);
    this.update({ log, which });
  }

  private _key = '';
  private _visible = false;
}
