/** When the job runs: now, once, or again and again. */

import React, { useEffect, useId, useRef, useState } from 'react';

import { ScheduleRequest } from '../../../api/types';
import { presetOf } from '../../../domain/cronpresets';
import { exactTime, relativeTime } from '../../../domain/times';
import {
  browserZone,
  fromLocal,
  soon,
  toLocal
} from '../../../domain/wallclock';
import { uiLocale, useNow } from '../../../hooks/clock';
import { useObservable } from '../../../hooks/observable';
import { useOwned } from '../../../hooks/owned';
import { PreviewModel } from '../../../models/preview';
import { CronFields } from './cron';
import { NextFirings } from './firings';
import { ISectionProps } from './section';

type Kind = ScheduleRequest['kind'];

const FIRST_CRON = '0 9 * * *';

export function ScheduleSection(props: ISectionProps): JSX.Element {
  const { job, change, client, readOnly, trans, error } = props;
  const { kind, at, cron, zone } = job.schedule;
  const draft = job.status === 'draft';
  const name = useId();
  /** What was chosen of the other kinds, for those who change their mind. */
  const kept = useRef({ at, cron, zone });
  kept.current = {
    at: at ?? kept.current.at,
    cron: cron ?? kept.current.cron,
    zone: zone ?? kept.current.zone
  };
  const preview = useOwned(() => new PreviewModel(client));
  const { policies } = job;
  useEffect(() => {
    preview.show(
      kind === 'cron' ? { kind, cron: cron ?? '', zone } : null,
      policies
    );
  }, [preview, kind, cron, zone, policies]);
  const seen = useObservable(preview);

  const choose = (wanted: Kind) => {
    const { current } = kept;
    if (wanted === 'once') {
      const past = current.at === null || Date.parse(current.at) <= Date.now();
      const next = past ? soon(Date.now()) : current.at;
      change({ schedule: { kind: wanted, at: next } });
    } else if (wanted === 'cron') {
      const schedule = {
        kind: wanted,
        cron: current.cron ?? FIRST_CRON,
        zone: current.zone ?? browserZone()
      };
      change({ schedule });
    } else {
      change({ schedule: { kind: wanted } });
    }
  };
  const kinds: [Kind, string, string][] = [
    ['now', trans.__('Now'), trans.__('As soon as the job is started')],
    ['once', trans.__('Once'), trans.__('At a date and time')],
    ['cron', trans.__('Recurring'), trans.__('Again and again')]
  ];
  return (
    <div className="jp-OrchestJobs-schedule">
      <div role="radiogroup" aria-label={trans.__('When the job runs')}>
        {kinds.map(([value, label, hint]) => {
          const fixed = !draft && value !== kind;
          return (
            <label
              key={value}
              className="jp-OrchestJobs-check"
              title={
                fixed
                  ? trans.__(
                      'An active recurring job stays one; cancel or duplicate it'
                    )
                  : hint
              }
            >
              <input
                type="radio"
                name={name}
                value={value}
                checked={kind === value}
                disabled={readOnly || fixed}
                onChange={() => choose(value)}
              />
              {label}
            </label>
          );
        })}
      </div>
      {kind === 'now' && (
        <p className="jp-OrchestJobs-help">
          {trans.__('The runs begin as soon as the job is started.')}
        </p>
      )}
      {kind === 'once' && <Once {...props} />}
      {kind === 'cron' && (
        <>
          <CronFields
            cron={cron ?? ''}
            zone={zone ?? browserZone()}
            preset={presetOf(cron ?? '')}
            problem={
              seen.problem !== ''
                ? seen.problem
                : seen.preview === null
                  ? (error ?? '')
                  : ''
            }
            description={seen.preview?.description ?? ''}
            readOnly={readOnly}
            trans={trans}
            onChange={(expression, inZone) =>
              change({
                schedule: { kind: 'cron', cron: expression, zone: inZone }
              })
            }
          />
          <NextFirings
            preview={seen.preview}
            zone={zone ?? browserZone()}
            trans={trans}
          />
        </>
      )}
    </div>
  );
}

function Once(props: ISectionProps): JSX.Element {
  const { job, change, block, error, readOnly, trans } = props;
  const { at } = job.schedule;
  /** What is picked while it is no time to come. */
  const [picked, setPicked] = useState<string | null>(null);
  const id = useId();
  const now = useNow(10_000);
  const locale = uiLocale();
  const moment = picked === null ? at : fromLocal(picked);
  const past = moment !== null && Date.parse(moment) <= now;
  const problem =
    moment === null
      ? trans.__('Pick a date and a time.')
      : past
        ? trans.__(
            '%1 has passed. Pick a time to come, or run the job now.',
            exactTime(moment, locale)
          )
        : (error ?? '');
  const isWrong = moment === null || past;
  useEffect(() => {
    block(isWrong ? trans.__('its date and time are not to come') : '');
    return () => block('');
  }, [block, isWrong, trans]);
  const pick = (local: string) => {
    const next = fromLocal(local);
    if (next !== null && Date.parse(next) > Date.now()) {
      setPicked(null);
      change({ schedule: { kind: 'once', at: next } });
    } else {
      setPicked(local);
    }
  };
  return (
    <>
      <div className="jp-OrchestJobs-fieldLine">
        <label htmlFor={id}>{trans.__('Date and time')}</label>
        <input
          id={id}
          className="jp-mod-styled"
          type="datetime-local"
          value={picked ?? (at === null ? '' : toLocal(at))}
          readOnly={readOnly}
          aria-invalid={problem !== '' || undefined}
          aria-describedby={`${id}-said`}
          onChange={event => pick(event.target.value)}
        />
        <span>{browserZone()}</span>
      </div>
      <p
        id={`${id}-said`}
        className="jp-OrchestJobs-said"
        data-kind={problem !== '' ? 'error' : undefined}
        role="status"
      >
        {problem !== ''
          ? problem
          : moment !== null &&
            trans.__(
              '%1, %2',
              exactTime(moment, locale),
              relativeTime(moment, now, locale)
            )}
      </p>
    </>
  );
}
