/** A list of pipeline files that can be filtered, for mouse and keyboard. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useId, useRef, useState } from 'react';

import { PipelineFile, PipelineFiles } from '../../api/types';
import { Notice } from '../../components/notice';
import { matching } from '../../domain/pipelines';

export interface IPickerProps {
  readonly files: PipelineFiles;
  readonly trans: TranslationBundle;
  /** The path of the one that would be taken; null if none is shown. */
  readonly onSelect: (path: string | null) => void;
  /** Take it. */
  readonly onChosen: () => void;
}

export function PipelinePicker(props: IPickerProps): JSX.Element {
  const { files, trans, onSelect, onChosen } = props;
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const [filter, setFilter] = useState('');
  const [place, setPlace] = useState(0);
  const shown = matching(files.items, filter);
  const current = Math.min(place, shown.length - 1);
  const path = shown[current]?.path ?? null;
  useEffect(() => {
    onSelect(path);
    list.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [path]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const last = shown.length - 1;
    const to: Record<string, number> = {
      ArrowDown: Math.min(current + 1, last),
      ArrowUp: Math.max(current - 1, 0),
      PageDown: Math.min(current + 8, last),
      PageUp: Math.max(current - 8, 0)
    };
    if (event.key in to) {
      event.preventDefault();
      setPlace(to[event.key]);
    }
  };
  const optionId = (index: number) => `${id}-${index}`;
  return (
    <div className="jp-OrchestJobs-picker">
      <input
        className="jp-mod-styled"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={path === null ? undefined : optionId(current)}
        aria-label={trans.__('Filter by name or path')}
        placeholder={trans.__('Filter by name or path')}
        autoFocus
        spellCheck={false}
        value={filter}
        onChange={event => {
          setFilter(event.target.value);
          setPlace(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={id} ref={list} role="listbox" aria-label={trans.__('Pipelines')}>
        {shown.map((file, index) => (
          <Option
            key={file.path}
            id={optionId(index)}
            file={file}
            selected={index === current}
            trans={trans}
            onClick={() => setPlace(index)}
            onDoubleClick={onChosen}
          />
        ))}
      </ul>
      {shown.length === 0 && (
        <p role="status">
          {files.items.length === 0
            ? trans.__(
                'There are no pipelines (.orchest) below the folder of this Jupyter server.'
              )
            : trans.__('No pipeline matches.')}
        </p>
      )}
      {!files.complete && (
        <Notice kind="warning">
          {trans.__(
            'There are too many folders to look into all of them. If yours is not here, right-click it in the file browser.'
          )}
        </Notice>
      )}
    </div>
  );
}

function Option(props: {
  id: string;
  file: PipelineFile;
  selected: boolean;
  trans: TranslationBundle;
  onClick: () => void;
  onDoubleClick: () => void;
}): JSX.Element {
  const { id, file, selected, trans, onClick, onDoubleClick } = props;
  return (
    <li
      id={id}
      role="option"
      aria-selected={selected}
      onClick={onClick}
      onDoubleClick={onDoubleClick}
    >
      <strong>{file.name}</strong>
      <span>{file.path}</span>
      {file.parameters_file !== null && (
        <span title={file.parameters_file}>
          {trans.__('with parameters file')}
        </span>
      )}
    </li>
  );
}
