/**
 * What a user changes in a job, until the server has it.
 *
 * Changes lie over the server's job, field by field. They are saved by themselves (a draft) or when
 * the user says so (a job that is active). What the server refuses stays, with the reason.
 */

import { IJobsClient } from '../api/client';
import { ApiError, toApiError } from '../api/errors';
import { ListsText } from '../api/jsontext';
import { IJobChanges, JobDetail } from '../api/types';
import { JobModel } from './job';
import { applied, inverse, listsOf } from './lists';
import { Live } from './live';
import { Store } from './store';
import { History } from './undo';

/** The parts of a job that are saved and refused by themselves, in the order of saving. */
export const FIELDS = [
  'name',
  'parameters',
  'selection',
  'env_variables',
  'secrets',
  'schedule',
  'policies'
] as const;
export type Field = (typeof FIELDS)[number];

/** `offline`: saved as soon as the server is back. */
export type Saving = 'saved' | 'unsaved' | 'saving' | 'refused' | 'offline';

export interface IDraftState {
  /** The job with the changes; null until it is known. */
  readonly shown: JobDetail | null;
  readonly lists: ListsText;
  readonly saving: Saving;
  /** Milliseconds since the epoch; null: not since the tab was opened. */
  readonly savedAt: number | null;
  /** Why the server refused a field. */
  readonly errors: Readonly<Partial<Record<Field, string>>>;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

const DEBOUNCE_MS = 600;
/** A draft may have any number of runs; whoever starts it is asked. */
const AGREED = ['many_runs'];

export interface IDraftOptions {
  /** Whether changes are saved by themselves. */
  readonly auto: boolean;
  /** Changes that were left behind when the tab was closed. */
  readonly pending?: IJobChanges;
  readonly now?: () => number;
}

export class DraftModel extends Store<IDraftState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    private readonly _job: JobModel,
    private readonly _options: IDraftOptions
  ) {
    super({
      shown: null,
      lists: {},
      saving: 'saved',
      savedAt: null,
      errors: {},
      canUndo: false,
      canRedo: false
    });
    this._now = _options.now ?? Date.now;
    this._history = new History(this._now);
    this._pending = _options.pending ?? {};
    _job.changed.connect(this._onJob, this);
    _live.changed.connect(this._onLive, this);
    this._onJob();
    this._schedule();
  }

  /** What the server hasn't got yet. */
  get pending(): IJobChanges {
    return this._pending;
  }

  get isSaved(): boolean {
    return Object.keys(this._pending).length === 0;
  }

  /** Change fields; each replaces what the job has. */
  change(changes: IJobChanges): void {
    const { shown } = this.state;
    if (shown !== null) {
      this._history.add(inverse(changes, shown), changes);
      this._put(changes);
    }
  }

  undo(): void {
    this._again(this._history.undo());
  }

  redo(): void {
    this._again(this._history.redo());
  }

  /** Forget what isn't saved. */
  revert(): void {
    clearTimeout(this._timer);
    this._pending = {};
    this._refused = {};
    this._history.clear();
    this._show({ errors: {}, saving: 'saved' });
  }

  /** Save now. @returns whether the server has everything. */
  async flush(): Promise<boolean> {
    clearTimeout(this._timer);
    while (this._busy !== null) {
      await this._busy;
    }
    if (Object.keys(this._untried()).length > 0) {
      this._busy = this._save().finally(() => {
        this._busy = null;
      });
      await this._busy;
      if (Object.keys(this._untried()).length > 0 && !this._offline) {
        // Something was changed while the rest was being saved.
        return this.flush();
      }
    }
    return this.isSaved;
  }

  /** Try again what was refused. */
  retry(): Promise<boolean> {
    this._refused = {};
    return this.flush();
  }

  override dispose(): void {
    clearTimeout(this._timer);
    super.dispose();
  }

  private _again(changes: IJobChanges | null): void {
    if (changes !== null) {
      this._put(changes);
    }
  }

  private _put(changes: IJobChanges): void {
    const { shown } = this.state;
    this._pending = {
      ...this._pending,
      ...changes,
      // The server takes policies as a whole, and secrets one by one.
      ...(changes.policies !== undefined &&
        shown !== null && {
          policies: { ...shown.policies, ...changes.policies }
        }),
      ...(changes.secrets !== undefined && {
        secrets: { ...this._pending.secrets, ...changes.secrets }
      })
    };
    // One field may have been refused because of another.
    this._refused = {};
    this._show({ saving: 'unsaved' });
    this._schedule();
  }

  private _schedule(): void {
    if (this._options.auto && !this.isSaved) {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => void this.flush(), DEBOUNCE_MS);
    }
  }

  /** Changes that the server has not seen. */
  private _untried(): IJobChanges {
    return without(this._pending, this._refused);
  }

  private async _save(): Promise<void> {
    const sent = this._untried();
    this._offline = false;
    this.update({ saving: 'saving' });
    const refusal = await this._send(sent);
    const fields = FIELDS.filter(field => sent[field] !== undefined);
    if (refusal !== null && fields.length > 1 && this._options.auto) {
      for (const field of fields) {
        await this._sendField(field, sent);
      }
    } else if (refusal !== null) {
      fields.forEach(field => this._refuse(field, sent, refusal));
    }
    this._show({
      saving: this._offline
        ? 'offline'
        : this.isSaved
          ? 'saved'
          : Object.keys(this._untried()).length > 0
            ? 'unsaved'
            : 'refused'
    });
  }

  private async _sendField(field: Field, sent: IJobChanges): Promise<void> {
    const refusal = await this._send({ [field]: sent[field] });
    if (refusal !== null) {
      this._refuse(field, sent, refusal);
    }
  }

  /** @returns why the server refused; null if it didn't, or could not be reached. */
  private async _send(changes: IJobChanges): Promise<ApiError | null> {
    if (this._offline) {
      return null;
    }
    try {
      const job = await this._client.changeJob(this._job.id, {
        ...changes,
        accept: AGREED
      });
      this._pending = without(this._pending, changes);
      this.update({
        savedAt: this._now(),
        errors: without(this.state.errors, changes, true)
      });
      this._job.accept(job);
      const { id, status, revision } = job;
      this._live.tell({ kind: 'job', id, job_id: id, status, revision });
      return null;
    } catch (reason) {
      const error = toApiError(reason);
      if (error.kind === 'refused') {
        return error;
      }
      this._offline = true;
      this._live.report(reason);
      return null;
    }
  }

  private _refuse(field: Field, sent: IJobChanges, error: ApiError): void {
    if (this._pending[field] === sent[field]) {
      this._refused = { ...this._refused, [field]: sent[field] };
      const errors = { ...this.state.errors, [field]: wordsOf(error) };
      this.update({ errors });
    }
  }

  private _onJob(): void {
    const { value } = this._job.state;
    if (value === null) {
      return;
    }
    const snapshot = `${value.snapshot.status} ${value.snapshot.taken_at}`;
    if (this._snapshot !== snapshot) {
      // While a snapshot is taken, some changes are refused.
      this._snapshot = snapshot;
      this._refused = {};
      this._schedule();
    }
    this._show({});
  }

  private _onLive(): void {
    if (this._live.state.server === 'ok' && this._offline) {
      this._offline = false;
      this._schedule();
    }
  }

  private _show(fields: Partial<IDraftState>): void {
    const { value } = this._job.state;
    const same = value === this._value && this._pending === this._applied;
    if (!same && value !== null) {
      this._value = value;
      this._applied = this._pending;
      const shown = applied(value, this._pending);
      const lists = this._pending.parameters ?? listsOf(value);
      this.update({ ...fields, shown, lists, ...this._undoable() });
    } else {
      this.update({ ...fields, ...this._undoable() });
    }
  }

  private _undoable(): Pick<IDraftState, 'canUndo' | 'canRedo'> {
    const { canUndo, canRedo } = this._history;
    return { canUndo, canRedo };
  }

  private _now: () => number;
  private _history: History;
  private _pending: IJobChanges;
  /** What was refused as it is now. */
  private _refused: IJobChanges = {};
  private _value: JobDetail | null = null;
  private _applied: IJobChanges | null = null;
  private _snapshot = '';
  private _offline = false;
  private _busy: Promise<void> | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

/** The fields that differ from those of others; or, by their names, that others don't have. */
function without<T extends object>(
  fields: T,
  others: object,
  byName = false
): T {
  const entries = Object.entries(fields).filter(([name, value]) =>
    byName
      ? !(name in others)
      : (others as Record<string, unknown>)[name] !== value
  );
  return entries.length === Object.keys(fields).length
    ? fields
    : (Object.fromEntries(entries) as T);
}

/** The problems are lines of their own; the message joins them. */
function wordsOf({ problems, message }: ApiError): string {
  return problems.length > 0
    ? problems.map(problem => problem.message).join('\n')
    : message;
}
