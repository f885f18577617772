/** Spans of time and amounts of data as people type them. */

const SECONDS: Readonly<Record<string, number>> = {
  d: 86_400,
  h: 3_600,
  m: 60,
  s: 1
};
const PART =
  /^\s*(\d+(?:\.\d+)?)\s*(days?|d|hours?|h|minutes?|mins?|m|seconds?|secs?|s)?(?![a-z])/i;

const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40
};
const SHOWN_UNITS = ['TB', 'GB', 'MB', 'kB'];

/** "1h 30m", "90 s", "1.5 days" or "90", which are seconds; null if it is no span of time. */
export function parseSpan(text: string): number | null {
  let rest = text.trim();
  if (/^\d+(\.\d+)?$/.test(rest)) {
    return Number(rest);
  }
  let seconds = 0;
  do {
    const part = PART.exec(rest);
    if (part === null || part[2] === undefined) {
      return null;
    }
    seconds += Number(part[1]) * SECONDS[part[2][0].toLowerCase()];
    rest = rest.slice(part[0].length);
  } while (rest.trim() !== '');
  // Tenths of days and hours are no binary fractions.
  return Math.round(seconds * 1000) / 1000;
}

/** Seconds as they may be typed: "1h 30m", "45s", "0.5s"; exactly so. */
export function formatSpan(seconds: number): string {
  const parts: string[] = [];
  let rest = seconds;
  for (const unit of ['d', 'h', 'm']) {
    const count = Math.floor(rest / SECONDS[unit]);
    if (count > 0) {
      parts.push(`${count}${unit}`);
      rest -= count * SECONDS[unit];
    }
  }
  rest = Math.round(rest * 1000) / 1000;
  return rest > 0 || parts.length === 0
    ? [...parts, `${rest}s`].join(' ')
    : parts.join(' ');
}

/** "500 MB", "1.5 GB", "2 GiB" in bytes; null if it is no amount with a unit. */
export function parseBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?b)$/i.exec(text.trim());
  const size = match === null ? undefined : BYTES[match[2].toUpperCase()];
  return match === null || size === undefined
    ? null
    : Math.round(Number(match[1]) * size);
}

/** Bytes as they may be typed: in the largest unit that says them exactly. */
export function formatAmount(bytes: number): string {
  for (const unit of SHOWN_UNITS) {
    const amount = bytes / BYTES[unit.toUpperCase()];
    if (amount >= 1 && Number(amount.toFixed(3)) === amount) {
      return `${amount} ${unit}`;
    }
  }
  return `${bytes} B`;
}
