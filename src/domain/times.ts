/** Moments as people say them. */

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86400],
  ['month', 30 * 86400],
  ['week', 7 * 86400],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1]
];

/** Making a formatter costs a hundred times what using it does. */
function cached<F>(
  make: (language: string | undefined) => F
): (locale: string) => F {
  const known = new Map<string, F>();
  return locale => {
    let format = known.get(locale);
    if (format === undefined) {
      format = make(locale || undefined);
      known.set(locale, format);
    }
    return format;
  };
}

const relativeFormat = cached(
  language => new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
);

const exactFormat = cached(
  language =>
    new Intl.DateTimeFormat(language, {
      dateStyle: 'medium',
      timeStyle: 'long'
    })
);

/** A moment relative to `now` (milliseconds): "2 minutes ago", "yesterday", "now". */
export function relativeTime(iso: string, now: number, locale: string): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const distance = Math.abs(seconds);
  const format = relativeFormat(locale);
  if (distance < 10) {
    return format.format(0, 'second');
  }
  for (const [unit, size] of UNITS) {
    if (distance >= size) {
      return format.format(Math.trunc(seconds / size), unit);
    }
  }
  return format.format(0, 'second');
}

/** A moment in full, in the user's time zone. */
export function exactTime(iso: string, locale: string): string {
  return exactFormat(locale).format(new Date(iso));
}

const DAY_MS = 86_400_000;

/** A moment to come, as people say it: "2:30 AM", "tomorrow 2:30 AM", "Friday 2:30 AM". */
export function comingTime(iso: string, now: number, locale: string): string {
  const language = locale || undefined;
  const at = new Date(iso);
  const time = at.toLocaleTimeString(language, { timeStyle: 'short' });
  const days = Math.round((midnight(at) - midnight(new Date(now))) / DAY_MS);
  if (days === 0) {
    return time;
  }
  if (days === 1) {
    return `${relativeFormat(locale).format(1, 'day')} ${time}`;
  }
  const date: Intl.DateTimeFormatOptions =
    days > 1 && days < 7 ? { weekday: 'long' } : { dateStyle: 'medium' };
  return `${at.toLocaleDateString(language, date)} ${time}`;
}

/** The beginning of a moment's day by the clock on the wall here. */
function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
