/** The title of the sidebar with what concerns all jobs. */

import {
  addIcon,
  ellipsesIcon,
  LabIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

export function JobsHeader(props: {
  trans: TranslationBundle;
  onNew: () => void;
  onRefresh: () => void;
  onMenu: (x: number, y: number) => void;
}): JSX.Element {
  const { trans, onNew, onRefresh, onMenu } = props;
  return (
    <div className="jp-OrchestJobs-sidebarHeader">
      <h2>{trans.__('Jobs')}</h2>
      <IconButton icon={addIcon} label={trans.__('New job…')} onClick={onNew} />
      <IconButton
        icon={refreshIcon}
        label={trans.__('Refresh the list')}
        onClick={onRefresh}
      />
      <IconButton
        icon={ellipsesIcon}
        label={trans.__('More for all jobs')}
        menu
        onClick={event => {
          const box = event.currentTarget.getBoundingClientRect();
          onMenu(box.left, box.bottom);
        }}
      />
    </div>
  );
}

export function IconButton(props: {
  icon: LabIcon;
  label: string;
  /** Opens a menu. */
  menu?: boolean;
  onClick: (event: React.MouseEvent<HTMLElement>) => void;
}): JSX.Element {
  const { icon: Icon, label, menu = false, onClick } = props;
  return (
    <button
      type="button"
      className="jp-OrchestJobs-iconButton"
      title={label}
      aria-label={label}
      aria-haspopup={menu ? 'menu' : undefined}
      onClick={onClick}
    >
      <Icon.react tag="span" />
    </button>
  );
}
