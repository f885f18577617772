/** Amounts of data in words. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** "0 B", "999 B", "1.2 MB", "34 GB": decimal units as file managers show them. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let amount = bytes;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && amount < 9.95 ? 1 : 0;
  return `${amount.toFixed(digits)} ${UNITS[unit]}`;
}
