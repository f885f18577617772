/** The same act on many runs, piece by piece. */

import { IJobsClient } from '../api/client';
import { BulkAct, chunks } from '../domain/runbulk';
import { Live } from './live';

export interface IBulkResult {
  readonly done: number;
  readonly refused: readonly {
    readonly id: string;
    readonly message: string;
  }[];
}

/** As many as the server takes at once. */
const MOST_AT_ONCE = 1_000;

/**
 * @param onProgress - is told how many runs have been asked for so far.
 * @throws ApiError if a piece could not be done at all; those before it are done.
 */
export async function actOnAll(
  client: IJobsClient,
  live: Live,
  act: BulkAct,
  ids: readonly string[],
  onProgress: (asked: number) => void
): Promise<IBulkResult> {
  const refused: { id: string; message: string }[] = [];
  let done = 0;
  let asked = 0;
  try {
    for (const piece of chunks(ids, MOST_AT_ONCE)) {
      onProgress(asked);
      const answer = await client.actOnRuns(act, piece);
      done += answer.done.length;
      refused.push(...answer.refused);
      asked += piece.length;
    }
  } finally {
    live.retry(); // Their changes are one more revision: everybody asks for them at once.
  }
  return { done, refused };
}
