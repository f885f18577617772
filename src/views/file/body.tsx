/** What a file of a run holds. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Notice } from '../../components/notice';
import { formatBytes } from '../../domain/sizes';
import { useObservable } from '../../hooks/observable';
import { FileModel, MOST_TEXT } from '../../models/file';
import { IFilePlace } from '../actions';

export function FileBody(props: {
  file: FileModel;
  place: IFilePlace;
  url: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { file, place, url, trans } = props;
  const { kind, value, complete } = useObservable(file);
  return (
    <>
      <div className="jp-OrchestJobs-tools">
        <code>{place.path}</code>
        <a className="jp-OrchestJobs-link" href={url} download="">
          {trans.__('Download')}
        </a>
      </div>
      {kind === 'text' && !complete && (
        <Notice kind="info">
          {trans.__(
            'These are the first %1. Download the file to read all of it.',
            formatBytes(MOST_TEXT)
          )}
        </Notice>
      )}
      {kind === 'loading' && (
        <div className="jp-OrchestJobs-loading">{trans.__('Loading…')}</div>
      )}
      {kind === 'refused' && <Notice kind="error">{value}</Notice>}
      {kind === 'binary' && (
        <Notice kind="info">
          {trans.__(
            'This file can’t be shown as text or as an image. Download it to open it elsewhere.'
          )}
        </Notice>
      )}
      {kind === 'text' && (
        <pre
          className="jp-OrchestJobs-fileText"
          tabIndex={0}
          aria-label={place.path}
        >
          {value}
        </pre>
      )}
      {kind === 'image' && (
        <div className="jp-OrchestJobs-fileImage">
          <img src={value} alt={place.path} />
        </div>
      )}
    </>
  );
}
