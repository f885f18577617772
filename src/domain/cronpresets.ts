/** Cron expressions that can be chosen rather than written. */

export type CronKind =
  | 'quarterly'
  | 'hourly'
  | 'daily'
  | 'weekdays'
  | 'weekly'
  | 'monthly'
  | 'yearly'
  | 'custom';

export interface ICronPreset {
  readonly kind: CronKind;
  /** "HH:MM"; of an hourly one only the minutes count. */
  readonly time: string;
  /** Of a weekly one: 0 is Sunday. */
  readonly weekday: number;
  /** Of a monthly or yearly one: from 1. */
  readonly day: number;
  /** Of a yearly one: from 1. */
  readonly month: number;
}

/** In the order in which they are offered. */
export const CRON_KINDS: readonly CronKind[] = [
  'quarterly',
  'hourly',
  'daily',
  'weekdays',
  'weekly',
  'monthly',
  'yearly',
  'custom'
];

const START = { time: '09:00', weekday: 1, day: 1, month: 1 };

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *'
};

/** The expression of a preset; a custom one has none. */
export function cronOf(preset: ICronPreset): string | null {
  const [hour, minute] = preset.time.split(':').map(Number);
  const { weekday, day, month } = preset;
  switch (preset.kind) {
    case 'quarterly':
      return '*/15 * * * *';
    case 'hourly':
      return `${minute} * * * *`;
    case 'daily':
      return `${minute} ${hour} * * *`;
    case 'weekdays':
      return `${minute} ${hour} * * 1-5`;
    case 'weekly':
      return `${minute} ${hour} * * ${weekday}`;
    case 'monthly':
      return `${minute} ${hour} ${day} * *`;
    case 'yearly':
      return `${minute} ${hour} ${day} ${month} *`;
    case 'custom':
      return null;
  }
}

/** The preset that an expression is; what no preset says is a custom one. */
export function presetOf(cron: string): ICronPreset {
  const plain = cron.trim().toLowerCase();
  const fields = (NICKNAMES[plain] ?? plain).split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  const known = { ...START };
  if (isWhole(minute, 0, 59) && isWhole(hour, 0, 23)) {
    known.time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  } else if (isWhole(minute, 0, 59)) {
    known.time = `00:${minute.padStart(2, '0')}`;
  }
  if (isWhole(day, 1, 31)) {
    known.day = Number(day);
  }
  if (isWhole(month, 1, 12)) {
    known.month = Number(month);
  }
  if (isWhole(weekday, 0, 7)) {
    known.weekday = Number(weekday) % 7;
  }
  const canon = fields.map(field => field.replace(/^0+(?=\d)/, '')).join(' ');
  const sunday = canon.replace(/ 7$/, ' 0').replace(/ mon-fri$/, ' 1-5');
  const kind = CRON_KINDS.find(
    candidate => cronOf({ kind: candidate, ...known }) === sunday
  );
  return { kind: kind ?? 'custom', ...known };
}

function isWhole(text: string | undefined, least: number, most: number) {
  return (
    text !== undefined &&
    /^\d{1,2}$/.test(text) &&
    Number(text) >= least &&
    Number(text) <= most
  );
}
