/** JSON that keeps values exact: 1.0 stays 1.0, and an integer beyond 2^53 keeps its digits. */

/** A JSON text that goes into a request as it is. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** Scope → name → list of JSON texts. */
export type ListsText = Readonly<
  Record<string, Readonly<Record<string, readonly JsonText[]>>>
>;

/** A value as JSON, with the texts in it as they are; fields that are undefined are left out. */
export function encode(value: unknown): string {
  if (value instanceof JsonText) {
    return value.text;
  }
  if (Array.isArray(value)) {
    return `[${value.map(item => encode(item ?? null)).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => `${JSON.stringify(key)}:${encode(item)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value);
}
