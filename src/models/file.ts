/** The contents of one file of a run, as far as they can be shown. */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { imageType, textOf } from '../domain/media';
import { Store } from './store';

export interface IFileState {
  readonly kind: 'loading' | 'text' | 'image' | 'binary' | 'refused';
  /** The text, the address of the image in memory, or why there is nothing to see. */
  readonly value: string;
  /** Whether that is the whole file. */
  readonly complete: boolean;
}

/** More of a text than this makes the page slow. */
export const MOST_TEXT = 1_000_000;
export const MOST_IMAGE = 20_000_000;

export class FileModel extends Store<IFileState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _run: string,
    readonly path: string
  ) {
    super({ kind: 'loading', value: '', complete: true });
    void this.load();
  }

  async load(): Promise<void> {
    const type = imageType(this.path);
    try {
      const most = type === null ? MOST_TEXT : MOST_IMAGE;
      const start = await this._client.readRunFile(this._run, this.path, most);
      if (this.isDisposed) {
        return;
      }
      const { bytes, complete } = start;
      if (type !== null && complete) {
        // An image shows nothing but itself: scripts in it don't run.
        const blob = new Blob([bytes as BlobPart], { type });
        this._show('image', URL.createObjectURL(blob), true);
      } else {
        const text = type === null ? textOf(bytes) : null;
        this._show(text === null ? 'binary' : 'text', text ?? '', complete);
      }
    } catch (reason) {
      this._show('refused', toApiError(reason).message, true);
    }
  }

  override dispose(): void {
    this._release();
    super.dispose();
  }

  private _show(
    kind: IFileState['kind'],
    value: string,
    complete: boolean
  ): void {
    this._release();
    this.update({ kind, value, complete });
  }

  private _release(): void {
    if (this.state.kind === 'image') {
      URL.revokeObjectURL(this.state.value);
    }
  }
}
