/** Moments: relative, with the exact time on hover. */

import React from 'react';

import { exactTime, relativeTime } from '../domain/times';

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
