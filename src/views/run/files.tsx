/** The files of a run as a tree: what it has added, changed and deleted, to look at and to save. */

import '../../../style/files.css';

import { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useEffect, useRef, useState } from 'react';

import { IJobsClient } from '../../api/client';
import { RunDetail } from '../../api/types';
import { IFile, IFileRow, parentOf, rowsOf } from '../../domain/filetree';
import { useObservable } from '../../hooks/observable';
import { FilesModel } from '../../models/files';
import { IActions } from '../actions';
import { FileRow } from './filerow';

const ROW_PX = 26;

export function FilesPane(props: {
  files: FilesModel;
  run: RunDetail;
  client: IJobsClient;
  actions: IActions;
  trans: TranslationBundle;
}): JSX.Element {
  const { files, run, client, actions, trans } = props;
  const { folders, open, changedOnly } = useObservable(files);
  const [active, setActive] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = rowsOf(folders, open, changedOnly);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: index => rows[index].key,
    overscan: 12
  });
  const { status } = run;
  const seen = useRef(status);
  useEffect(() => {
    files.begin();
    if (seen.current !== status) {
      // It has begun or ended: other files are there now.
      seen.current = status;
      files.refresh();
    }
  }, [files, status]);

  const openFile = (file: IFile) => {
    if (file.type === 'dir') {
      files.setOpen(file.path, !open.has(file.path));
    } else if (file.type === 'file' && file.change !== 'deleted') {
      actions.openRunFile({
        run: run.id,
        path: file.path,
        title: trans.__('%1 · run %2', file.name, run.number)
      });
    }
  };

  const goTo = (index: number) => {
    const to = Math.min(rows.length - 1, Math.max(0, index));
    setActive(to);
    virtual.scrollToIndex(to);
    // The row may have to be drawn first.
    requestAnimationFrame(() =>
      scroller.current
        ?.querySelector<HTMLElement>(`[data-index="${to}"]`)
        ?.focus({ preventScroll: true })
    );
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    const row = rows[active];
    const file = row?.file ?? null;
    const isDir = file?.type === 'dir';
    const acts: Record<string, () => void> = {
      ArrowDown: () => goTo(active + 1),
      ArrowUp: () => goTo(active - 1),
      Home: () => goTo(0),
      End: () => goTo(rows.length - 1),
      Enter: () => file !== null && openFile(file),
      ' ': () => file !== null && openFile(file),
      ArrowRight: () => {
        if (isDir && !row.isOpen) {
          files.setOpen(file.path, true);
        } else if (isDir) {
          goTo(active + 1);
        }
      },
      ArrowLeft: () => {
        if (isDir && row.isOpen) {
          files.setOpen(file.path, false);
        } else if (file !== null && parentOf(file.path) !== '') {
          const parent = parentOf(file.path);
          goTo(rows.findIndex(other => other.file?.path === parent));
        }
      }
    };
    // Links inside of a row have keys of their own.
    const isRow = (event.target as Element).getAttribute('role') === 'treeitem';
    if (event.key in acts && isRow) {
      event.preventDefault();
      acts[event.key]();
    }
  };

  return (
    <div className="jp-OrchestJobs-fill">
      <div className="jp-OrchestJobs-tools">
        <label className="jp-OrchestJobs-check">
          <input
            type="checkbox"
            checked={changedOnly}
            onChange={event => files.showChangedOnly(event.target.checked)}
          />
          {trans.__('Only changed')}
        </label>
        <Button
          className="jp-OrchestJobs-button jp-mod-styled"
          onClick={() => files.refresh()}
        >
          {trans.__('Refresh')}
        </Button>
        {run.has_files && (
          <>
            <a
              className="jp-OrchestJobs-link"
              href={client.runFilesUrl(run.id, false)}
              download=""
            >
              {trans.__('Download all')}
            </a>
            <a
              className="jp-OrchestJobs-link"
              href={client.runFilesUrl(run.id, true)}
              download=""
            >
              {trans.__('Download changed')}
            </a>
          </>
        )}
      </div>
      {rows.length === 0 ? (
        <p className="jp-OrchestJobs-noLog">
          {changedOnly
            ? trans.__('The run has changed no files.')
            : trans.__('There are no files.')}
        </p>
      ) : (
        <div ref={scroller} className="jp-OrchestJobs-files">
          <div
            role="tree"
            aria-label={trans.__('Files of the run')}
            style={{ height: virtual.getTotalSize() }}
            onKeyDown={onKeyDown}
            onFocus={event => {
              const { index } = event.target.dataset;
              if (index !== undefined) {
                setActive(Number(index));
              }
            }}
          >
            {virtual.getVirtualItems().map(item => (
              <FileRow
                key={item.key}
                row={rows[item.index]}
                index={item.index}
                top={item.start}
                isStop={item.index === Math.min(active, rows.length - 1)}
                url={urlOf(rows[item.index], path =>
                  client.runFileUrl(run.id, path)
                )}
                trans={trans}
                onOpen={file => {
                  setActive(item.index);
                  openFile(file);
                }}
              />
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

/** Where a file can be saved from; empty for what isn't there. */
function urlOf(row: IFileRow, urlOfPath: (path: string) => string): string {
  const { file } = row;
  return file?.type === 'file' && file.change !== 'deleted'
    ? urlOfPath(file.path)
    : '';
}
