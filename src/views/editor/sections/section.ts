/** What a section of the editor is given, and how it says what the user wants. */

import { TranslationBundle } from '@jupyterlab/translation';

import { IJobsClient } from '../../../api/client';
import { IJobChanges, JobDetail } from '../../../api/types';
import { Field } from '../../../models/draft';
import { GridModel } from '../../../models/grid';
import { IActions } from '../../actions';

export interface ISectionProps {
  /** The job as it is shown: the server's, with the changes in it that are not saved yet. */
  readonly job: JobDetail;
  /** The combinations of its parameters, and which of them are run. */
  readonly grid: GridModel;
  /** Only the fields that change; each replaces what the job has. Saved by the editor. */
  readonly change: (changes: IJobChanges) => void;
  /**
   * Why the server refused a field of this section; what the user gave is still shown. The editor
   * says it above the section, unless the section does (`saysErrors`).
   */
  readonly error: string | null;
  /** Why the job can't be started as this section is now; empty if it can. */
  readonly block: (why: string) => void;
  readonly client: IJobsClient;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
  readonly readOnly: boolean;
}

export interface ISection {
  readonly id: string;
  readonly title: (trans: TranslationBundle) => string;
  /** Whose refusals are shown in it. */
  readonly fields: readonly Field[];
  /** Whether it says by itself, at its fields, why the server refused them. */
  readonly saysErrors?: boolean;
  /** Rendered below a heading with the title. */
  readonly Body: React.ComponentType<ISectionProps>;
}
