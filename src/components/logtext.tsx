/** Text of a terminal: colours of tracebacks kept, everything selectable. */

import React from 'react';

import { parseAnsi, resolveReturns } from '../domain/ansi';

export const LogBlock = React.memo(function LogBlock(props: {
  text: string;
}): JSX.Element {
  return (
    <>
      {parseAnsi(resolveReturns(props.text)).map((span, index) =>
        span.colour === null && !span.bold ? (
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
