/** Text of a terminal: colours of tracebacks kept, everything selectable. */

import React from 'react';

import { parseAnsi, resolveReturns } from '../domain/ansi';
import { IMatch, markSpans } from '../domain/textsearch';

export const LogBlock = React.memo(function LogBlock(props: {
  text: string;
  /** What was found in it. */
  matches?: readonly IMatch[];
  /** The one of these that is looked at. */
  current?: number;
}): JSX.Element {
  const { text, matches, current } = props;
  const spans = parseAnsi(resolveReturns(text));
  return (
    <>
      {markSpans(spans, matches ?? []).map((span, index) =>
        span.match !== null ? (
          <mark
            key={index}
            data-current={span.match === current || undefined}
            data-bold={span.bold || undefined}
          >
            {span.text}
          </mark>
        ) : span.colour === null && !span.bold ? (
          span.text
        ) : (
          <span
            key={index}
            data-ansi={span.colour ?? undefined}
            data-bold={span.bold || undefined}
          >
            {span.text}
          </span>
        )
      )}
    </>
  );
});

/** The same text as it can be read, to search in it. */
export function readable(text: string): string {
  return parseAnsi(resolveReturns(text))
    .map(span => span.text)
    .join('');
}
