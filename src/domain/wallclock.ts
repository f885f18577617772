/** Dates and times as they are picked: by the clock on the wall here. */

/** "2026-11-22T09:30" of a moment, as a field for date and time has it. */
export function toLocal(iso: string): string {
  const at = new Date(iso);
  const two = (number: number) => String(number).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The moment of a picked date and time, ISO 8601 in UTC; null while it isn't one. */
export function fromLocal(local: string): string | null {
  const at = new Date(local);
  return local === '' || Number.isNaN(at.getTime())
    ? null
    : at.toISOString().replace(/\.000Z$/, 'Z');
}

/** The next full hour that is at least half an hour away. */
export function soon(now: number): string {
  const at = new Date(now + 30 * 60_000);
  at.setMinutes(60, 0, 0);
  return at.toISOString().replace(/\.000Z$/, 'Z');
}

/** The zone of this browser, as IANA calls it. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** Time zones to choose from: this browser's first, then UTC, then all others by name. */
export function zones(chosen: string | null): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  const first = [browserZone(), 'UTC', ...(chosen === null ? [] : [chosen])];
  return [...new Set([...first, ...all])];
}

/** A moment with its weekday, by the clock of a zone. */
export function timeIn(iso: string, zone: string, locale: string): string {
  return new Date(iso).toLocaleString(locale || undefined, {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
    timeZoneName: 'short'
  });
}
