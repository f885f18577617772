/** A recurring schedule: chosen from common ones, or written as a cron expression; and its zone. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useId, useMemo } from 'react';

import {
  CRON_KINDS,
  CronKind,
  cronOf,
  ICronPreset
} from '../../../domain/cronpresets';
import { browserZone, zones } from '../../../domain/wallclock';
import { uiLocale } from '../../../hooks/clock';

const TIMED: readonly CronKind[] = [
  'hourly',
  'daily',
  'weekdays',
  'weekly',
  'monthly',
  'yearly'
];

export function CronFields(props: {
  cron: string;
  zone: string;
  preset: ICronPreset;
  /** Why the expression or the zone is refused; empty if it isn't. */
  problem: string;
  description: string;
  readOnly: boolean;
  trans: TranslationBundle;
  onChange: (cron: string, zone: string) => void;
}): JSX.Element {
  const { cron, zone, preset, problem, description, readOnly, trans } = props;
  const { onChange } = props;
  const id = useId();
  const names = useMemo(() => zones(zone), [zone]);
  const locale = uiLocale() || undefined;
  const { kind } = preset;
  const set = (fields: Partial<ICronPreset>) => {
    const expression = cronOf({ ...preset, ...fields });
    if (expression !== null) {
      onChange(expression, zone);
    }
  };
  return (
    <>
      <div className="jp-OrchestJobs-fieldLine">
        <label htmlFor={`${id}-kind`}>{trans.__('Repeat')}</label>
        <select
          id={`${id}-kind`}
          className="jp-mod-styled"
          value={kind}
          disabled={readOnly}
          onChange={event => set({ kind: event.target.value as CronKind })}
        >
          {CRON_KINDS.map(one => (
            <option key={one} value={one} disabled={one === 'custom'}>
              {kindWords(one, trans)}
            </option>
          ))}
        </select>
        {kind === 'weekly' && (
          <select
            className="jp-mod-styled"
            aria-label={trans.__('Day of the week')}
            value={preset.weekday}
            disabled={readOnly}
            onChange={event => set({ weekday: Number(event.target.value) })}
          >
            {weekdays(locale).map(([day, name]) => (
              <option key={day} value={day}>
                {name}
              </option>
            ))}
          </select>
        )}
        {kind === 'yearly' && (
          <select
            className="jp-mod-styled"
            aria-label={trans.__('Month')}
            value={preset.month}
            disabled={readOnly}
            onChange={event => set({ month: Number(event.target.value) })}
          >
            {months(locale).map((name, at) => (
              <option key={name} value={at + 1}>
                {name}
              </option>
            ))}
          </select>
        )}
        {(kind === 'monthly' || kind === 'yearly') && (
          <select
            className="jp-mod-styled"
            aria-label={trans.__('Day of the month')}
            value={preset.day}
            disabled={readOnly}
            onChange={event => set({ day: Number(event.target.value) })}
          >
            {Array.from({ length: 31 }, (_, at) => (
              <option key={at} value={at + 1}>
                {at + 1}
              </option>
            ))}
          </select>
        )}
        {TIMED.includes(kind) &&
          (kind === 'hourly' ? (
            <select
              className="jp-mod-styled"
              aria-label={trans.__('Minute of the hour')}
              value={preset.time.slice(3)}
              disabled={readOnly}
              onChange={event => set({ time: `00:${event.target.value}` })}
            >
              {Array.from({ length: 60 }, (_, at) => (
                <option key={at} value={String(at).padStart(2, '0')}>
                  {trans.__('at minute %1', at)}
                </option>
              ))}
            </select>
          ) : (
            <input
              className="jp-mod-styled"
              type="time"
              aria-label={trans.__('Time of day')}
              value={preset.time}
              readOnly={readOnly}
              onChange={event => {
                if (event.target.value !== '') {
                  set({ time: event.target.value });
                }
              }}
            />
          ))}
      </div>
      <div className="jp-OrchestJobs-fieldLine">
        <label htmlFor={`${id}-cron`}>{trans.__('Cron expression')}</label>
        <input
          id={`${id}-cron`}
          className="jp-mod-styled jp-OrchestJobs-cron"
          value={cron}
          spellCheck={false}
          autoComplete="off"
          readOnly={readOnly}
          title={trans.__('Minute, hour, day of month, month, day of week')}
          aria-invalid={problem !== '' || undefined}
          aria-describedby={`${id}-said`}
          onChange={event => onChange(event.target.value, zone)}
        />
        <label htmlFor={`${id}-zone`}>{trans.__('Time zone')}</label>
        <select
          id={`${id}-zone`}
          className="jp-mod-styled"
          value={zone}
          disabled={readOnly}
          onChange={event => onChange(cron, event.target.value)}
        >
          {names.map(name => (
            <option key={name} value={name}>
              {name === browserZone() ? trans.__('%1 (here)', name) : name}
            </option>
          ))}
        </select>
      </div>
      <p
        id={`${id}-said`}
        className="jp-OrchestJobs-said"
        data-kind={problem !== '' ? 'error' : undefined}
        role="status"
      >
        {problem !== '' ? problem : description}
      </p>
    </>
  );
}

function kindWords(kind: CronKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'quarterly':
      return trans.__('Every 15 minutes');
    case 'hourly':
      return trans.__('Every hour');
    case 'daily':
      return trans.__('Every day');
    case 'weekdays':
      return trans.__('On weekdays');
    case 'weekly':
      return trans.__('Every week');
    case 'monthly':
      return trans.__('Every month');
    case 'yearly':
      return trans.__('Every year');
    case 'custom':
      return trans.__('As the expression says');
  }
}

/** Monday first, as cron counts them. */
function weekdays(locale: string | undefined): [number, string][] {
  const format = new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    timeZone: 'UTC'
  });
  // 5 January 1970 was a Monday.
  return [1, 2, 3, 4, 5, 6, 0].map((day, at) => [
    day,
    format.format(new Date(Date.UTC(1970, 0, 5 + at)))
  ]);
}

function months(locale: string | undefined): string[] {
  const format = new Intl.DateTimeFormat(locale, {
    month: 'long',
    timeZone: 'UTC'
  });
  return Array.from({ length: 12 }, (_, at) =>
    format.format(new Date(Date.UTC(1970, at, 1)))
  );
}
