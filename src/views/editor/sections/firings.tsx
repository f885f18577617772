/** The firings that come next. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { SchedulePreview } from '../../../api/types';
import { relativeTime } from '../../../domain/times';
import { browserZone, timeIn } from '../../../domain/wallclock';
import { uiLocale, useNow } from '../../../hooks/clock';

export function NextFirings(props: {
  /** Null while it isn't known. */
  preview: SchedulePreview | null;
  zone: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { preview, zone, trans } = props;
  const now = useNow(30_000);
  const locale = uiLocale();
  return (
    <div className="jp-OrchestJobs-next">
      <h3>{trans.__('Next firings')}</h3>
      {preview !== null && preview.next.length === 0 ? (
        <p>
          {trans.__(
            'None: the limits below end the schedule before its first firing.'
          )}
        </p>
      ) : (
        <ol aria-label={trans.__('Next firings')}>
          {(preview?.next ?? []).map(at => (
            <li key={at}>
              <time dateTime={at}>{timeIn(at, zone, locale)}</time>
              <span>{relativeTime(at, now, locale)}</span>
              {zone !== browserZone() && (
                <span>
                  {trans.__(
                    '%1 here',
                    new Date(at).toLocaleTimeString(locale || undefined, {
                      weekday: 'short',
                      hour: '2-digit',
                      minute: '2-digit'
                    })
                  )}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
