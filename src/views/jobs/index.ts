/** The Jobs sidebar. */

import { ReactWidget } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import { Message } from '@lumino/messaging';
import React from 'react';

import { jobsIcon } from '../../components/icons';
import { JobsModel } from '../../models/jobs';
import { Live } from '../../models/live';
import { IActions } from '../actions';
import { JobsBody } from './body';

export interface IJobsSidebarOptions {
  readonly jobs: JobsModel;
  readonly live: Live;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

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

  protected override onActivateRequest(_: Message): void {
    const selected = this.node.querySelector<HTMLElement>(
      '[role="option"][tabindex="0"]'
    );
    (selected ?? this.node.querySelector<HTMLElement>('button'))?.focus();
  }

  protected render(): JSX.Element {
    return React.createElement(JobsBody, this._options);
  }
}
