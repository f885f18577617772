/** One row of the tree of files. */

import { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretRightIcon,
  downloadIcon,
  fileIcon,
  folderIcon,
  linkIcon
} from '@jupyterlab/ui-components';
import React from 'react';

import { IFile, IFileRow } from '../../domain/filetree';
import { formatBytes } from '../../domain/sizes';

const ICONS = { file: fileIcon, dir: folderIcon, link: linkIcon };

export function FileRow(props: {
  row: IFileRow;
  index: number;
  /** Pixels from the top of the tree. */
  top: number;
  /** Whether the Tab key stops here. */
  isStop: boolean;
  /** Where to save the file from; empty if it can't be. */
  url: string;
  trans: TranslationBundle;
  onOpen: (file: IFile) => void;
}): JSX.Element {
  const { row, index, top, isStop, url, trans, onOpen } = props;
  const { file } = row;
  const shared = {
    className: 'jp-OrchestJobs-file',
    role: 'treeitem',
    'aria-level': row.level,
    'aria-posinset': row.position,
    'aria-setsize': row.siblings,
    'data-index': index,
    tabIndex: isStop ? 0 : -1,
    style: {
      paddingLeft: 12 + (row.level - 1) * 18,
      transform: `translateY(${top}px)`
    }
  };
  if (file === null) {
    return (
      <div {...shared} data-kind="note">
        {row.kind === 'loading' ? trans.__('Loading…') : noteOf(row, trans)}
      </div>
    );
  }
  const isDir = file.type === 'dir';
  const Icon = ICONS[file.type].react;
  const Caret = (row.isOpen ? caretDownIcon : caretRightIcon).react;
  const change = changeWord(file.change, trans);
  return (
    <div
      {...shared}
      aria-expanded={isDir ? row.isOpen : undefined}
      data-path={file.path}
      data-change={file.change}
      onClick={() => onOpen(file)}
    >
      <span className="jp-OrchestJobs-fileCaret" aria-hidden="true">
        {isDir && <Caret tag="span" />}
      </span>
      <span className="jp-OrchestJobs-fileIcon" aria-hidden="true">
        <Icon tag="span" />
      </span>
      <span className="jp-OrchestJobs-fileName" title={file.path}>
        {file.name}
      </span>{' '}
      {change !== '' && (
        <span className="jp-OrchestJobs-change" data-change={file.change}>
          {change}
        </span>
      )}{' '}
      <span className="jp-OrchestJobs-fileSize">
        {isDir ? '' : formatBytes(file.size)}
      </span>
      <span className="jp-OrchestJobs-fileSave">
        {url !== '' && (
          <a
            href={url}
            download={file.name}
            tabIndex={isStop ? 0 : -1}
            title={trans.__('Download %1', file.name)}
            aria-label={trans.__('Download %1', file.name)}
            onClick={event => event.stopPropagation()}
          >
            <downloadIcon.react tag="span" />
          </a>
        )}
      </span>
    </div>
  );
}

function changeWord(change: IFile['change'], trans: TranslationBundle): string {
  switch (change) {
    case 'added':
      return trans.__('added');
    case 'changed':
      return trans.__('changed');
    case 'deleted':
      return trans.__('deleted');
    case 'same':
      return '';
  }
}

function noteOf(row: IFileRow, trans: TranslationBundle): string {
  const { note, hidden } = row;
  return note !== ''
    ? note
    : trans._n(
        '%1 more, not listed; download all to get it',
        '%1 more, not listed; download all to get them',
        hidden
      );
}
