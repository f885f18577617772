/** Which state of the project the job works with, and whether the project has moved on. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { JobDetail, SnapshotChanges, SnapshotDetail } from '../../api/types';
import { ActionButton } from '../../components/actionbutton';
import { Notice } from '../../components/notice';
import { PlainBar } from '../../components/progress';
import { Moment } from '../../components/time';
import { snapshotProgress } from '../../domain/progress';
import { formatBytes } from '../../domain/sizes';
import { uiLocale, useNow } from '../../hooks/clock';
import { useObservable } from '../../hooks/observable';
import { IEditorProps } from './props';

interface ISnapshotProps extends IEditorProps {
  readonly job: JobDetail;
}

export function SnapshotLine(props: ISnapshotProps): JSX.Element {
  const { model, actions, job, trans } = props;
  const { changes, detail, message } = useObservable(model.snapshot);
  const { status } = job.snapshot;
  const busy = status === 'waiting' || status === 'copying';
  if (busy) {
    return <Progress {...props} />;
  }
  const again = (
    <ActionButton
      label={trans.__('Take a new snapshot')}
      hint={trans.__('Let the job work with the project as it is now')}
      why=""
      onClick={() => {
        // Changes of an active job are saved when the user says so.
        const ready = model.auto ? model.draft.flush() : Promise.resolve(true);
        void ready.then(() => actions.draft('snapshot', job.id));
      }}
    />
  );
  return (
    <div className="jp-OrchestJobs-snapshot">
      {status === 'ready' ? (
        <Facts job={job} trans={trans} />
      ) : (
        <span>{trans.__('The snapshot could not be taken.')}</span>
      )}
      {again}
      {status === 'ready' && (
        <details
          className="jp-OrchestJobs-details"
          onToggle={event => {
            if (event.currentTarget.open) {
              void model.snapshot.look();
            }
          }}
        >
          <summary>{trans.__('What was left out, and why')}</summary>
          <LeftOut detail={detail} message={message} trans={trans} />
        </details>
      )}
      {changes?.changed === true && <Changed changes={changes} trans={trans} />}
      {changes?.message && <span>{changes.message}</span>}
    </div>
  );
}

function Progress(props: ISnapshotProps): JSX.Element {
  const { actions, job, trans } = props;
  const { files, files_done } = job.snapshot;
  return (
    <div className="jp-OrchestJobs-snapshot">
      <span role="status">{snapshotProgress(job.snapshot, trans)}</span>
      <PlainBar done={files_done} total={files} />
      {props.model.auto && (
        <ActionButton
          label={trans.__('Discard…')}
          hint={trans.__('Stop taking the snapshot, and delete this draft')}
          why=""
          onClick={() => actions.job('delete', job.id)}
        />
      )}
    </div>
  );
}

function Facts(props: {
  job: JobDetail;
  trans: TranslationBundle;
}): JSX.Element {
  const { job, trans } = props;
  const { taken_at, files, bytes, commit, dirty } = job.snapshot;
  const now = useNow(60_000);
  const parts: React.ReactNode[] = [
    <>
      {trans.__('Snapshot')}{' '}
      {taken_at !== null && (
        <Moment at={taken_at} now={now} locale={uiLocale()} />
      )}
    </>,
    trans._n('%1 file', '%1 files', files),
    formatBytes(bytes),
    commit === null ? null : (
      <>
        <code title={commit}>{commit.slice(0, 7)}</code>
        {dirty !== null &&
          dirty > 0 &&
          ` ${trans.__('(%1 uncommitted)', dirty)}`}
      </>
    )
  ].filter(part => part !== null);
  return (
    <span className="jp-OrchestJobs-snapshotFacts">
      {parts.map((part, index) => (
        <span key={index}>{part}</span>
      ))}
    </span>
  );
}

function LeftOut(props: {
  detail: SnapshotDetail | null;
  message: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { detail, message, trans } = props;
  if (detail === null) {
    return <p>{message === '' ? trans.__('Loading…') : message}</p>;
  }
  const { left_out, left_out_total, skipped } = detail;
  if (left_out_total + skipped.length === 0) {
    return <p>{trans.__('Nothing: it holds all files of the project.')}</p>;
  }
  const more = left_out_total - left_out.length;
  return (
    <ul className="jp-OrchestJobs-problems">
      {left_out.map(({ path, reason }) => (
        <li key={path}>
          <code>{path}</code>
          {reason}
        </li>
      ))}
      {more > 0 && <li>{trans._n('and %1 more', 'and %1 more', more)}</li>}
      {skipped.map(text => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function Changed(props: {
  changes: SnapshotChanges;
  trans: TranslationBundle;
}): JSX.Element {
  const { changes, trans } = props;
  const { items, total } = changes;
  const words = {
    added: trans.__('added'),
    changed: trans.__('changed'),
    deleted: trans.__('deleted')
  };
  const more = total - items.length;
  return (
    <details className="jp-OrchestJobs-details" data-kind="warning">
      <summary
        className="jp-OrchestJobs-changed"
        title={items
          .slice(0, 10)
          .map(({ path }) => path)
          .join('\n')}
      >
        {trans.__('Project has changed since the snapshot')}
      </summary>
      <Notice kind="warning">
        <div>
          {trans._n(
            'The job works with the files as they were. %1 file differs:',
            'The job works with the files as they were. %1 files differ:',
            total
          )}
          <ul className="jp-OrchestJobs-problems">
            {items.map(({ path, change }) => (
              <li key={path}>
                <code>{path}</code>
                {words[change]}
              </li>
            ))}
            {more > 0 && (
              <li>{trans._n('and %1 more', 'and %1 more', more)}</li>
            )}
          </ul>
        </div>
      </Notice>
    </details>
  );
}
