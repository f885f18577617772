/** The end of a step's log, followed while somebody looks at it. */

import { IJobsClient, IWhichLog } from '../api/client';
import { toApiError } from '../api/errors';
import { Log } from '../api/types';
import { Live } from './live';
import { Store } from './store';

export interface ILogState {
  /** Whole lines each, but for the last one. A block that is not the last never changes. */
  readonly blocks: readonly ILogBlock[];
  /** Bytes before the first block. */
  readonly skipped: number;
  /** Nothing will be added. */
  readonly finished: boolean;
  /** Whether the server has answered. */
  readonly loaded: boolean;
  readonly message: string;
}

export interface ILogBlock {
  readonly key: number;
  readonly text: string;
}

/** Where to begin in a long log: this far before its end. */
const TAIL_BYTES = 256 * 1024;
const BLOCK_CHARS = 16 * 1024;
/** More text than this makes a page slow. */
const MOST_CHARS = 1024 * 1024;
const POLL_MS = 700;
const SLOW_POLL_MS = 5_000;

export class LogModel extends Store<ILogState> {
  constructor(
    private readonly _client: IJobsClient,
    private readonly _live: Live,
    readonly run: string,
    readonly step: string,
    /** An earlier one of the step's logs; else the last one. */
    readonly which?: IWhichLog
  ) {
    super({
      blocks: [],
      skipped: 0,
      finished: false,
      loaded: false,
      message: ''
    });
    _live.missed.connect(this._onMissed, this);
  }

  /** Somebody looks at it, or no longer. */
  setActive(active: boolean): void {
    if (active === this._active || this.isDisposed) {
      return;
    }
    this._active = active;
    if (active && !this._busy && !this.state.finished) {
      void this._read();
    } else if (!active) {
      clearTimeout(this._timer);
    }
  }

  override dispose(): void {
    this.setActive(false);
    super.dispose();
  }

  /** The server is back: don't wait for the next attempt. */
  private _onMissed(): void {
    if (this._active && !this._busy && !this.state.finished) {
      clearTimeout(this._timer);
      void this._read();
    }
  }

  private async _read(): Promise<void> {
    this._busy = true;
    let wait = POLL_MS;
    try {
      const piece = await this._client.readLog(
        this.run,
        this.step,
        this._offset ?? -TAIL_BYTES,
        this.which
      );
      this._take(piece);
      const again = this._offset === null || piece.next_offset < piece.size;
      wait = again ? 0 : POLL_MS;
    } catch (reason) {
      const { kind, message, status } = toApiError(reason);
      wait = SLOW_POLL_MS;
      if (kind !== 'refused') {
        this._live.report(reason);
      } else if (status !== 404) {
        this.update({ message });
      }
    }
    this._busy = false;
    if (this._active && !this.state.finished) {
      this._timer = setTimeout(() => void this._read(), wait);
    }
  }

  private _take(piece: Log): void {
    if (this._offset !== null && piece.tries !== this._tries) {
      // The step is tried again and has a new log: what came is from its middle, or its end.
      this._offset = null;
      this.update({ blocks: [], skipped: 0 });
      return;
    }
    this._tries = piece.tries;
    const first = this._offset === null;
    this._offset = piece.next_offset;
    let skipped = first ? piece.offset : this.state.skipped;
    let text = piece.text;
    if (first && piece.offset > 0) {
      // Begin with a whole line.
      const start = text.indexOf('\n') + 1;
      skipped += new TextEncoder().encode(text.slice(0, start)).length;
      text = text.slice(start);
    }
    const blocks = text === '' ? this.state.blocks : this._append(text);
    let chars = blocks.reduce((sum, block) => sum + block.text.length, 0);
    let from = 0;
    while (chars > MOST_CHARS && from < blocks.length - 1) {
      skipped += new TextEncoder().encode(blocks[from].text).length;
      chars -= blocks[from].text.length;
      from += 1;
    }
    this.update({
      blocks: from > 0 ? blocks.slice(from) : blocks,
      skipped,
      finished: piece.finished && piece.next_offset >= piece.size,
      loaded: true,
      message: ''
    });
  }

  /** The blocks with more text at the end. */
  private _append(text: string): ILogBlock[] {
    const blocks = [...this.state.blocks];
    const last = blocks.pop();
    let open = (last?.text ?? '') + text;
    let key = last?.key ?? 0;
    while (open.length > BLOCK_CHARS) {
      const end = open.lastIndexOf('\n', BLOCK_CHARS) + 1 || BLOCK_CHARS;
      blocks.push({ key: key++, text: open.slice(0, end) });
      open = open.slice(end);
    }
    blocks.push({ key, text: open });
    return blocks;
  }

  private _offset: number | null = null;
  private _tries: number | null = null;
  private _active = false;
  private _busy = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
