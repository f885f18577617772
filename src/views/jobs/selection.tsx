/** What can be done with several jobs at once. */

import { closeIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { ActionButton } from '../../components/actionbutton';
import { IconButton } from './header';

export function Selection(props: {
  count: number;
  trans: TranslationBundle;
  onAct: (act: 'cancel' | 'delete') => void;
  onClear: () => void;
}): JSX.Element {
  const { count, trans, onAct, onClear } = props;
  return (
    <div
      className="jp-OrchestJobs-selection"
      role="group"
      aria-label={trans.__('Selected jobs')}
    >
      <span role="status">
        {trans._n('%1 job selected', '%1 jobs selected', count)}
      </span>
      <ActionButton
        label={trans.__('Cancel…')}
        hint={trans.__('Cancel the jobs that are selected')}
        why=""
        onClick={() => onAct('cancel')}
      />
      <ActionButton
        label={trans.__('Delete…')}
        hint={trans.__('Delete the jobs that are selected')}
        why=""
        onClick={() => onAct('delete')}
      />
      <IconButton
        icon={closeIcon}
        label={trans.__('Select only one again')}
        onClick={onClear}
      />
    </div>
  );
}
