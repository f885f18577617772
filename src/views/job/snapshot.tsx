/** What the snapshot of a job holds, what it lacks and why, and whether the project has moved on. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect } from 'react';

import { JobDetail, SnapshotChanges, SnapshotDetail } from '../../api/types';
import { Notice } from '../../components/notice';
import { ProblemList } from '../../components/problems';
import { useObservable } from '../../hooks/observable';
import { EnvironmentsModel } from '../../models/environments';
import { SnapshotModel } from '../../models/snapshot';
import { Environments } from '../environments/list';
import { Fact, SnapshotText } from './summary';

export function SnapshotPane(props: {
  job: JobDetail;
  model: SnapshotModel;
  environments: EnvironmentsModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { job, model, environments, trans } = props;
  const { changes, detail, message } = useObservable(model);
  const { status, taken_at } = job.snapshot;
  useEffect(() => {
    void model.look();
    void model.compare();
  }, [model, status, taken_at]);
  return (
    <div className="jp-OrchestJobs-pane" tabIndex={0}>
      <dl className="jp-OrchestJobs-facts">
        <Fact name={trans.__('Snapshot')}>
          <SnapshotText job={job} trans={trans} />
        </Fact>
        <Fact name={trans.__('Project')}>{job.project}</Fact>
      </dl>
      {changes !== null && <Changes changes={changes} trans={trans} />}
      {job.warnings.length > 0 && (
        <section>
          <h2>{trans._n('%1 warning', '%1 warnings', job.warnings.length)}</h2>
          <ProblemList problems={job.warnings} trans={trans} />
        </section>
      )}
      {message !== '' && <Notice kind="error">{message}</Notice>}
      {status === 'ready' &&
        message === '' &&
        (detail === null ? (
          <p>{trans.__('Loading…')}</p>
        ) : (
          <LeftOut detail={detail} trans={trans} />
        ))}
      <section>
        <h2>
          {trans._n('Environment', 'Environments', job.environments.length)}
        </h2>
        <Environments job={job} model={environments} trans={trans} />
      </section>
    </div>
  );
}

function Changes(props: {
  changes: SnapshotChanges;
  trans: TranslationBundle;
}): JSX.Element {
  const { changes, trans } = props;
  const { changed, items, total, message } = changes;
  if (message !== null) {
    return <Notice kind="warning">{message}</Notice>;
  }
  if (!changed) {
    return <p>{trans.__('The project is still as it is in the snapshot.')}</p>;
  }
  const words = {
    added: trans.__('added'),
    changed: trans.__('changed'),
    deleted: trans.__('deleted')
  };
  return (
    <section>
      <h2>
        {trans._n(
          'The project has changed since: %1 file',
          'The project has changed since: %1 files',
          total
        )}
      </h2>
      <p>{trans.__('The runs work with the files as they were.')}</p>
      <ul className="jp-OrchestJobs-problems">
        {items.map(({ path, change }) => (
          <li key={path}>
            <code>{path}</code>
            {words[change]}
          </li>
        ))}
        <More count={total - items.length} trans={trans} />
      </ul>
    </section>
  );
}

function LeftOut(props: {
  detail: SnapshotDetail;
  trans: TranslationBundle;
}): JSX.Element {
  const { detail, trans } = props;
  const { left_out, left_out_total, skipped, warnings } = detail;
  const total = left_out_total + skipped.length;
  return (
    <section>
      <h2>
        {total === 0
          ? trans.__('It holds all files of the project')
          : trans._n('%1 left out', '%1 left out', total)}
      </h2>
      {warnings.map(text => (
        <Notice key={text} kind="warning">
          {text}
        </Notice>
      ))}
      <ul className="jp-OrchestJobs-problems">
        {skipped.map(text => (
          <li key={text}>{text}</li>
        ))}
        {left_out.map(({ path, reason }) => (
          <li key={path}>
            <code>{path}</code>
            {reason}
          </li>
        ))}
        <More count={left_out_total - left_out.length} trans={trans} />
      </ul>
    </section>
  );
}

function More(props: {
  count: number;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { count, trans } = props;
  return count > 0 ? (
    <li>{trans._n('and %1 more', 'and %1 more', count)}</li>
  ) : null;
}
