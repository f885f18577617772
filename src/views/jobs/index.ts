/** The Jobs sidebar. What is in it is loaded when it is shown for the first time. */

import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import React from 'react';

import { jobsIcon } from '../../components/icons';
import { IJobsSidebarOptions } from './options';
import { Skeleton } from './skeleton';

const JobsBody = React.lazy(async () => {
  const { JobsBody } = await import(
    /* webpackChunkName: "jobs-sidebar" */ './body'
  );
  return { default: JobsBody };
});

export class JobsSidebar extends ReactWidget {
  static readonly ID = 'jp-orchest-jobs';

  constructor(private readonly _options: IJobsSidebarOptions) {
    super();
    const { trans } = _options;
    this.id = JobsSidebar.ID;
    this.addClass('jp-OrchestJobs');
    this.addClass('jp-OrchestJobs-sidebar');
    this.title.icon = jobsIcon;
    this.title.caption = trans.__('Jobs');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Jobs'));
  }

  protected override onBeforeShow(message: Message): void {
    this._shown = true;
    super.onBeforeShow(message);
    this._options.onShow?.();
    this.update();
  }

  protected override onActivateRequest(_: Message): void {
    const list = this.node.querySelector<HTMLElement>('[role="tree"]');
    (list ?? this.node.querySelector<HTMLElement>('button'))?.focus();
  }

  protected render(): JSX.Element {
    const waiting = React.createElement(Skeleton);
    return this._shown || this.isVisible
      ? React.createElement(
          React.Suspense,
          { fallback: waiting },
          React.createElement(JobsBody, this._options)
        )
      : waiting;
  }

  private _shown = false;
}
