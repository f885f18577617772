/** The end of a log, which follows what is printed until somebody scrolls up to read. */

import { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useLayoutEffect, useRef, useState } from 'react';

import { StepRun } from '../../api/types';
import { LogBlock } from '../../components/logtext';
import { Notice } from '../../components/notice';
import { formatBytes } from '../../domain/sizes';
import { hasEnded } from '../../domain/status';
import { useObservable } from '../../hooks/observable';
import { LogModel } from '../../models/log';

/** Nearer to the end than this counts as being there. */
const NEAR_PX = 24;

export function LogView(props: {
  log: LogModel;
  step: StepRun;
  trans: TranslationBundle;
  onStay: () => void;
}): JSX.Element {
  const { log, step, trans, onStay } = props;
  const { blocks, skipped, loaded, finished, message } = useObservable(log);
  const [follow, setFollow] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const node = scroller.current;
    if (follow && node !== null) {
      node.scrollTop = node.scrollHeight;
    }
  }, [blocks, follow]);

  const onScroll = () => {
    const node = scroller.current;
    if (node === null) {
      return;
    }
    const atEnd =
      node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_PX;
    if (follow && !atEnd && !hasEnded(step.status)) {
      onStay();
    }
    setFollow(atEnd);
  };

  return (
    <div className="jp-OrchestJobs-log">
      {message !== '' && <Notice kind="error">{message}</Notice>}
      {skipped > 0 && (
        <Notice kind="info">
          {trans.__(
            'The first %1 are not shown. Download the log to read all of it.',
            formatBytes(skipped)
          )}
        </Notice>
      )}
      <div
        ref={scroller}
        className="jp-OrchestJobs-logScroller"
        role="region"
        aria-label={trans.__('Log of %1', step.title)}
        tabIndex={0}
        onScroll={onScroll}
      >
        {blocks.length > 0 ? (
          <pre>
            {blocks.map(block => (
              <LogBlock key={block.key} text={block.text} />
            ))}
          </pre>
        ) : (
          <p className="jp-OrchestJobs-noLog">
            {!loaded
              ? trans.__('Loading…')
              : finished
                ? trans.__('Nothing was printed.')
                : trans.__('Nothing has been printed yet.')}
          </p>
        )}
      </div>
      {!follow && (
        <Button
          className="jp-OrchestJobs-toEnd jp-mod-styled"
          onClick={() => setFollow(true)}
        >
          {trans.__('Jump to the end')}
        </Button>
      )}
    </div>
  );
}
