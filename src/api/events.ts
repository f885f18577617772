/** Hints from Jupyter's event stream that something changed. */

import { Event } from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';

export const CHANGE_SCHEMA =
  'https://events.jupyter.org/jupyter_orchest_jobs/change/v1';

/** Something changed: what, and its new revision. Never the truth, only a reason to ask. */
export interface IChange {
  readonly kind: 'job' | 'run';
  readonly id: string;
  readonly job_id: string;
  readonly status: string;
  readonly revision: number;
}

export interface IChangeFeed {
  readonly changed: ISignal<IChangeFeed, IChange>;
}

/** The changes among all events of the server. */
export class ChangeFeed implements IChangeFeed {
  constructor(stream: Event.Stream) {
    stream.connect(this._onEvent, this);
  }

  get changed(): ISignal<this, IChange> {
    return this._changed;
  }

  private _onEvent(_: unknown, event: Event.Emission): void {
    // Anybody may post events, so their shape is checked.
    if (event.schema_id === CHANGE_SCHEMA && isChange(event)) {
      this._changed.emit(event);
    }
  }

  private _changed = new Signal<this, IChange>(this);
}

function isChange(event: unknown): event is IChange {
  const change = event as IChange;
  return (
    (change.kind === 'job' || change.kind === 'run') &&
    typeof change.id === 'string' &&
    typeof change.job_id === 'string' &&
    typeof change.status === 'string'
  );
}
