/** What is remembered of a view over a reload of the page. */

export interface IMemo {
  /** What was kept; undefined if nothing was. */
  load(): Promise<unknown>;
  save(value: Readonly<Record<string, unknown>>): void;
  /** What it was about doesn't exist any more. */
  forget(): void;
}

/** For where nothing can be kept. */
export const NO_MEMO: IMemo = {
  load: () => Promise.resolve(undefined),
  save: () => undefined,
  forget: () => undefined
};
