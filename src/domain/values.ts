/** Values of parameters and metrics, as text. */

/** Text that could be mistaken for something else, or whose ends can't be seen. */
const AMBIGUOUS = /^$|^\s|\s$|^(true|false|null)$|^[[{"]|^-?\d/;

/** One value on one line: text without quotes unless it could be taken for a number or so. */
export function formatValue(value: unknown): string {
  if (value === undefined) {
    return '';
  }
  if (typeof value === 'string' && !AMBIGUOUS.test(value)) {
    return value.replace(/\s+/g, ' ');
  }
  return JSON.stringify(value);
}

/** A metric with at most six significant digits. */
export function formatNumber(value: number | null | undefined): string {
  if (value === undefined || value === null) {
    return '';
  }
  return Number.isInteger(value) && Math.abs(value) < 1e15
    ? String(value)
    : String(Number(value.toPrecision(6)));
}

/** A JSON text on one line as it is shown: exact, strings as formatValue has them. */
export function formatText(text: string | undefined): string {
  if (text === undefined) {
    return '';
  }
  return text.startsWith('"') ? formatValue(JSON.parse(text)) : text;
}
