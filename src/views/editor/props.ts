import { CodeEditor } from '@jupyterlab/codeeditor';
import { TranslationBundle } from '@jupyterlab/translation';

import { IJobsClient } from '../../api/client';
import { EditorModel } from '../../models/editor';
import { IActions } from '../actions';

/** What all parts of the editor have in common. */
export interface IEditorProps {
  readonly model: EditorModel;
  readonly client: IJobsClient;
  readonly actions: IActions;
  /** Makes JupyterLab's own text editors; null where there are none. */
  readonly newEditor: CodeEditor.Factory | null;
  readonly trans: TranslationBundle;
  /** Go back to looking at the job. */
  readonly onClose: () => void;
}
