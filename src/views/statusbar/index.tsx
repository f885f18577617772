/** Running and failed jobs in the status bar. */

import { ReactWidget } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { StatusIcon } from '../../components/status';
import { useObservable } from '../../hooks/observable';
import { ActivityModel } from '../../models/activity';

export interface IActivityItemOptions {
  readonly activity: ActivityModel;
  readonly trans: TranslationBundle;
  readonly onClick: () => void;
}

export class ActivityItem extends ReactWidget {
  constructor(private readonly _options: IActivityItemOptions) {
    super();
    this.addClass('jp-OrchestJobs-activity');
  }

  protected render(): JSX.Element {
    return <Activity {...this._options} />;
  }
}

function Activity(props: IActivityItemOptions): JSX.Element {
  const { activity, trans, onClick } = props;
  const { running, failed } = useObservable(activity);
  const runs = trans._n('%1 job running', '%1 jobs running', running.length);
  const failures = trans._n(
    '%1 job failed since you last looked',
    '%1 jobs failed since you last looked',
    failed
  );
  const words = [
    ...(running.length > 0 ? [runs] : []),
    ...(failed > 0 ? [failures] : [])
  ].join(', ');
  return (
    <button
      type="button"
      className="jp-OrchestJobs-activityButton"
      title={trans.__('%1. Show jobs', words)}
      aria-label={trans.__('%1. Show jobs', words)}
      onClick={onClick}
    >
      {running.length > 0 && (
        <span>
          <StatusIcon status="running" />
          {trans._n('%1 running', '%1 running', running.length)}
        </span>
      )}
      {failed > 0 && (
        <span>
          <StatusIcon status="failed" />
          {trans._n('%1 failed', '%1 failed', failed)}
        </span>
      )}
    </button>
  );
}
