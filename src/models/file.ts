/** The contents of one file of a run, as far as they can be shown. */

import { IJobsClient } from '../api/client';
import { toApiError } from '../api/errors';
import { imageType, mayHoldScripts, textOf } from '../domain/media';
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
        const blob = new Blob([bytes as BlobPart], { type });
        const address = mayHoldScripts(type)
          ? await inItself(blob)
          : URL.createObjectURL(blob);
        if (this.isDisposed) {
          URL.revokeObjectURL(address);
          return;
        }
        this._show('image', address, true);
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

/** The address of a picture that has no origin, and holds all of the picture. */
function inItself(picture: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(picture);
  });
}
