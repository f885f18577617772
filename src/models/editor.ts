/** All that the editor of a job works with. */

import { IDisposable } from '@lumino/disposable';

import { IJobsClient } from '../api/client';
import { isRecurring } from '../domain/permits';
import { hasEnded } from '../domain/status';
import { IWords } from '../domain/words';
import { Blocks } from './blocks';
import { DraftModel } from './draft';
import { GridModel } from './grid';
import { JobModel } from './job';
import { JobSchemas, SchemaSource } from './jobschemas';
import { selectionRequest } from './lists';
import { Live } from './live';
import { ParametersModel } from './parameters';
import { Shelf } from './shelf';
import { SnapshotModel } from './snapshot';
import { Store } from './store';

export interface IEditorOptions {
  readonly client: IJobsClient;
  readonly live: Live;
  readonly shelf: Shelf;
  /** The files of the server. */
  readonly files: SchemaSource;
  readonly trans: IWords;
}

export class EditorModel implements IDisposable {
  /** @param auto - whether changes are saved by themselves. */
  constructor(
    readonly job: JobModel,
    readonly auto: boolean,
    private readonly _options: IEditorOptions
  ) {
    const { client, live, shelf, files, trans } = _options;
    const left = shelf.take(job.id);
    const pending = left?.changes;
    this.draft = new DraftModel(client, live, job, { auto, pending });
    this.schemas = new JobSchemas(files, trans);
    this.parameters = new ParametersModel(
      this.draft,
      this.schemas,
      trans,
      left?.edits
    );
    this.snapshot = new SnapshotModel(client, live, job);
    this.grid = new GridModel(client, trans, selection =>
      this.draft.change({ selection })
    );
    this.blocks = new Blocks();
    this.draft.changed.connect(this._onDraft, this);
    live.changed.connect(this._onDraft, this);
    this._onDraft();
  }

  readonly draft: DraftModel;
  readonly schemas: JobSchemas;
  readonly parameters: ParametersModel;
  readonly snapshot: SnapshotModel;
  readonly grid: GridModel;
  readonly blocks: Blocks;

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether something would be lost if the page went away now. */
  get isDirty(): boolean {
    const { whyNot } = this.blocks;
    return (
      !this.draft.isSaved || this.parameters.whyNot !== '' || whyNot !== ''
    );
  }

  /** Save what can be saved; what can't is kept for the next time. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      void this._leave();
      this._options.live.changed.disconnect(this._onDraft, this);
      this.draft.dispose();
      this.schemas.dispose();
      this.parameters.dispose();
      this.snapshot.dispose();
      this.grid.dispose();
      this.blocks.dispose();
    }
  }

  private _onDraft(): void {
    const { shown, lists } = this.draft.state;
    if (shown !== null) {
      this.grid.show(lists, selectionRequest(shown.selection));
      const { root } = this._options.live.state;
      if (root !== '') {
        this.schemas.follow(shown, root);
      }
    }
  }

  private async _leave(): Promise<void> {
    const { draft, job, parameters } = this;
    const { edits } = parameters.state;
    if (this.auto) {
      await draft.flush();
    }
    const { gone, value } = job.state;
    const ended = value !== null && hasEnded(value.status);
    if ((!draft.isSaved || edits.length > 0) && !gone && !ended) {
      this._options.shelf.put(job.id, { changes: draft.pending, edits });
    }
  }

  private _isDisposed = false;
}

export interface IEditingState {
  /** Null: the job is looked at, not edited. */
  readonly editor: EditorModel | null;
}

/** Whether the tab of a job shows its editor: always for a draft, else on request. */
export class Editing extends Store<IEditingState> {
  constructor(
    private readonly _job: JobModel,
    private readonly _options: IEditorOptions
  ) {
    super({ editor: null });
    _job.changed.connect(this._onJob, this);
  }

  /** Edit what the next batches of an active job are. */
  open(): void {
    this._wanted = true;
    this._onJob();
  }

  /** Leave the editor of an active job; what isn't saved is forgotten. */
  close(): void {
    this.state.editor?.draft.revert();
    this._wanted = false;
    this._onJob();
  }

  override dispose(): void {
    this.state.editor?.dispose();
    super.dispose();
  }

  private _onJob(): void {
    const job = this._job.state.value;
    if (job === null) {
      return;
    }
    const draft = job.status === 'draft' && !job.start_requested;
    const active =
      isRecurring(job) && job.status !== 'draft' && !hasEnded(job.status);
    const { editor } = this.state;
    const auto = draft ? true : this._wanted && active ? false : null;
    if (auto !== (editor?.auto ?? null)) {
      this.update({
        editor:
          auto === null ? null : new EditorModel(this._job, auto, this._options)
      });
      editor?.dispose();
    }
  }

  private _wanted = false;
}
