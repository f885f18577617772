/** The log of a step, which follows what is printed until somebody scrolls up to read. */

import { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import React, { useLayoutEffect, useRef, useState } from 'react';

import { IWhichLog } from '../../api/client';
import { StepRun } from '../../api/types';
import { DownloadLink } from '../../components/download';
import { LogBlock } from '../../components/logtext';
import { Notice } from '../../components/notice';
import { formatBytes } from '../../domain/sizes';
import { hasEnded } from '../../domain/status';
import { useObservable } from '../../hooks/observable';
import { LogModel } from '../../models/log';
import { StepLog } from '../../models/steplog';
import { ViewPrefs } from '../../models/viewprefs';
import { LogSearch, useLogSearch } from './logsearch';

/** Nearer to the end than this counts as being there. */
const NEAR_PX = 24;

export interface ILogPaneProps {
  readonly step: StepRun;
  readonly steplog: StepLog;
  readonly prefs: ViewPrefs;
  readonly logUrl: (which?: IWhichLog) => string;
  readonly trans: TranslationBundle;
  /** The user reads: don't move on to another step by itself. */
  readonly onStay: () => void;
}

export function LogPane(props: ILogPaneProps): JSX.Element {
  const { step, trans } = props;
  const { log, which } = useObservable(props.steplog);
  if (log === null) {
    return <p className="jp-OrchestJobs-noLog">{whyNoLog(step, trans)}</p>;
  }
  const key = which === null ? '' : `${which.attempt}.${which.try}`;
  return <LogView key={key} {...props} log={log} which={which} />;
}

function LogView(
  props: ILogPaneProps & { log: LogModel; which: IWhichLog | null }
): JSX.Element {
  const { log, which, step, prefs, trans, onStay } = props;
  const { blocks, skipped, loaded, finished, message } = useObservable(log);
  const { wrap } = useObservable(prefs);
  const search = useLogSearch(blocks);
  const [follow, setFollow] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const node = scroller.current;
    if (follow && node !== null) {
      node.scrollTop = node.scrollHeight;
    }
  }, [blocks, follow, wrap]);

  useLayoutEffect(() => {
    const node = scroller.current;
    const mark = node?.querySelector('mark[data-current]');
    if (node && mark) {
      const [box, found] = [node, mark].map(it => it.getBoundingClientRect());
      if (found.top < box.top || found.bottom > box.bottom) {
        setFollow(false);
        node.scrollTop += found.top - box.top - box.height / 2;
      }
      if (found.left < box.left || found.right > box.right) {
        node.scrollLeft += found.left - box.left - box.width / 2;
      }
    }
  }, [search.at, search.query]);

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
      <div className="jp-OrchestJobs-tools">
        <LogSearch search={search} trans={trans} />
        <LogChoice {...props} />
        <label className="jp-OrchestJobs-check">
          <input
            type="checkbox"
            checked={wrap}
            onChange={event => prefs.set({ wrap: event.target.checked })}
          />
          {trans.__('Wrap lines')}
        </label>
        <DownloadLink
          href={props.logUrl(which ?? undefined)}
          label={trans.__('Download log')}
        />
      </div>
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
        data-wrap={wrap || undefined}
        role="region"
        aria-label={trans.__('Log of %1', step.title)}
        tabIndex={0}
        onScroll={onScroll}
      >
        {blocks.length > 0 ? (
          <pre>
            {blocks.map((block, index) => (
              <LogBlock
                key={block.key}
                text={block.text}
                {...search.inBlock(index)}
              />
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
          title={
            finished
              ? undefined
              : trans.__('Stay at the end as lines are added')
          }
          onClick={() => setFollow(true)}
        >
          {finished ? trans.__('Jump to the end') : trans.__('Follow')}
        </Button>
      )}
    </div>
  );
}

/** Which of a step's logs, if it was tried or executed several times. */
function LogChoice(
  props: ILogPaneProps & { which: IWhichLog | null }
): JSX.Element | null {
  const { step, steplog, which, trans } = props;
  const all = step.logs.flatMap(({ attempt, tries }) =>
    tries.map(number => ({ attempt, try: number }))
  );
  if (all.length < 2) {
    return null;
  }
  const earlier = all.slice(0, -1);
  const last = all[all.length - 1];
  const name = (one: IWhichLog) =>
    step.logs.length > 1
      ? trans.__('Attempt %1, try %2', one.attempt, one.try)
      : trans.__('Try %1', one.try);
  const at = earlier.findIndex(
    one => one.attempt === which?.attempt && one.try === which.try
  );
  return (
    <select
      className="jp-OrchestJobs-select"
      aria-label={trans.__('Which log')}
      value={at}
      onChange={event => {
        props.onStay();
        steplog.choose(earlier[Number(event.target.value)] ?? null);
      }}
    >
      {earlier.map((one, index) => (
        <option key={index} value={index}>
          {name(one)}
        </option>
      ))}
      <option value={-1}>{trans.__('%1 (last)', name(last))}</option>
    </select>
  );
}

function whyNoLog(step: StepRun, trans: TranslationBundle): string {
  switch (step.status) {
    case 'pending':
      return trans.__('This step has not started yet.');
    case 'running':
      return trans.__('Nothing has been printed yet.');
    case 'skipped':
      return trans.__(
        'This step never started, since a step before it did not succeed.'
      );
    default:
      return trans.__('Nothing was printed.');
  }
}
