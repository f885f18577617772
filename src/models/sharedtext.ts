/** The text of an open document, which others may be editing, too. */

import { ISignal } from '@lumino/signaling';

import { inOrder, ITextEdit } from '../domain/pipeline/texts';

/** What is needed of a shared text of JupyterLab. */
export interface ISharedText {
  readonly changed: ISignal<unknown, { sourceChange?: unknown }>;
  getSource(): string;
  updateSource(start: number, end: number, value?: string): void;
  transact(act: () => void): void;
  undo(): void;
  redo(): void;
  canUndo(): boolean;
  canRedo(): boolean;
}

/** Says what to change in a text. */
export type Edit = (text: string) => readonly ITextEdit[];

/**
 * Edit a text, as one step of its history. Each edit sees what those before it have left.
 *
 * Only what has to change is changed: what others write elsewhere at the same time is kept.
 *
 * @param joins - belongs to what was done just before, as letters do that are typed.
 * @returns whether anything was changed.
 */
export function applyTo(
  shared: ISharedText,
  edits: readonly Edit[],
  joins = false
): boolean {
  let changes = 0;
  if (!joins) {
    endStep(shared);
  }
  shared.transact(() => {
    for (const edit of edits) {
      const found = inOrder(edit(shared.getSource()));
      for (const { offset, length, text } of found.reverse()) {
        shared.updateSource(offset, offset + length, text);
      }
      changes += found.length;
    }
  });
  if (!joins) {
    endStep(shared);
  }
  return changes > 0;
}

/** Yjs takes what is done within half a second for one step, unless it is told. */
function endStep(shared: ISharedText): void {
  historyOf(shared)?.stopCapturing();
}

/** Call back when there may be more or less to undo. */
export function onHistory(shared: ISharedText, call: () => void): void {
  // As long as the text is there.
  EVENTS.forEach(event => historyOf(shared)?.on(event, call));
}

const EVENTS = ['stack-item-added', 'stack-item-popped', 'stack-cleared'];

/** The part of Yjs's undo manager that this needs. */
interface IHistory {
  stopCapturing(): void;
  on(event: string, call: () => void): void;
}

function historyOf(shared: ISharedText): IHistory | undefined {
  return (shared as { undoManager?: IHistory }).undoManager;
}
