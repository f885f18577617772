/** What the Jobs sidebar is made of. */

import { TranslationBundle } from '@jupyterlab/translation';

import { JobListModel } from '../../models/joblist';
import { JobsModel } from '../../models/jobs';
import { Live } from '../../models/live';
import { IActions } from '../actions';

export interface IJobsSidebarOptions {
  readonly jobs: JobsModel;
  readonly list: JobListModel;
  readonly live: Live;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
  /** Show the menu of the whole list. */
  readonly onMenu: (x: number, y: number) => void;
  readonly onShow?: () => void;
}
