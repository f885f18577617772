/** Moments: relative, with the exact time on hover. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { comingTime, exactTime, relativeTime } from '../domain/times';

export function Moment(props: {
  at: string;
  now: number;
  locale: string;
}): JSX.Element {
  const { at, now, locale } = props;
  return (
    <time dateTime={at} title={exactTime(at, locale)}>
      {relativeTime(at, now, locale)}
    </time>
  );
}

/** When a schedule fires next: "next tomorrow 2:30 AM". */
export function NextFiring(props: {
  at: string;
  now: number;
  locale: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { at, now, locale, trans } = props;
  return (
    <time dateTime={at} title={exactTime(at, locale)}>
      {Date.parse(at) <= now
        ? trans.__('due now')
        : trans.__('next %1', comingTime(at, now, locale))}
    </time>
  );
}
