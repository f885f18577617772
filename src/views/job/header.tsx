/** Name, state and progress of a job, and what can be done with it. */

import { Button } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { JobDetail } from '../../api/types';
import { Notice } from '../../components/notice';
import { PlainBar, ProgressBar } from '../../components/progress';
import { StatusLabel } from '../../components/status';
import { bad, runProgress, snapshotProgress } from '../../domain/progress';
import { hasEnded, isCancellable } from '../../domain/status';

export function JobHeader(props: {
  job: JobDetail;
  trans: TranslationBundle;
  onCancel: () => void;
  onOpenRun: (id: string) => void;
}): JSX.Element {
  const { job, trans, onCancel, onOpenRun } = props;
  const failed = bad(job.runs);
  const firstFailed = job.first_failed_run;
  const snapshot = hasEnded(job.status)
    ? null
    : snapshotProgress(job.snapshot, trans);
  return (
    <div className="jp-OrchestJobs-header">
      <div className="jp-OrchestJobs-headerLine">
        <h1 title={job.name}>{job.name}</h1>
        <StatusLabel thing={job} trans={trans} />
        {isCancellable(job) && (
          <Button
            className="jp-OrchestJobs-button jp-mod-styled"
            onClick={onCancel}
          >
            {trans.__('Cancel job')}
          </Button>
        )}
      </div>
      <div className="jp-OrchestJobs-headerLine">
        {snapshot !== null ? (
          <>
            <span>{snapshot}</span>
            <PlainBar
              done={job.snapshot.files_done}
              total={job.snapshot.files}
            />
          </>
        ) : (
          job.runs.total > 0 && (
            <>
              <span className="jp-OrchestJobs-runProgress">
                {runProgress(job.runs, trans)}
              </span>
              <ProgressBar counts={job.runs} />
              {failed > 0 && (
                <span>{trans._n('%1 failed', '%1 failed', failed)}</span>
              )}
              {firstFailed !== null && (
                <button
                  className="jp-OrchestJobs-link"
                  onClick={() => onOpenRun(firstFailed)}
                >
                  {trans.__('First failed run')}
                </button>
              )}
            </>
          )
        )}
      </div>
      {job.message !== null && <Notice kind="error">{job.message}</Notice>}
    </div>
  );
}
