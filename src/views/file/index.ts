/**
 * The tab of one file of a run. Whatever the file holds, it is only ever text or an image: never
 * part of the page, where it could act in the user's name. Loaded when the first one is opened.
 */

import '../../../style/files.css';

import { MainAreaWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import {
  fileIcon,
  ReactWidget,
  refreshIcon,
  ToolbarButton
} from '@jupyterlab/ui-components';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { FileModel } from '../../models/file';
import { IFilePlace } from '../actions';
import { FileBody } from './body';

export interface IFileTabOptions {
  readonly place: IFilePlace;
  readonly client: IJobsClient;
  readonly trans: TranslationBundle;
}

class FileContent extends ReactWidget {
  constructor(private readonly _options: IFileTabOptions) {
    super();
    const { client, place } = _options;
    this.file = new FileModel(client, place.run, place.path);
    this.addClass('jp-OrchestJobs');
    this.addClass('jp-OrchestJobs-tab');
  }

  readonly file: FileModel;

  override dispose(): void {
    this.file.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { client, place, trans } = this._options;
    return React.createElement(FileBody, {
      file: this.file,
      place,
      url: client.runFileUrl(place.run, place.path),
      trans
    });
  }
}

export function createFileTab(options: IFileTabOptions): MainAreaWidget {
  const { place, trans } = options;
  const content = new FileContent(options);
  const tab = new MainAreaWidget({ content });
  tab.id = `jp-orchest-file-${place.run}-${place.path}`;
  tab.title.icon = fileIcon;
  tab.title.label = place.title;
  tab.title.caption = trans.__('File of a run: %1', place.path);
  tab.title.closable = true;
  tab.toolbar.addItem(
    'reload',
    new ToolbarButton({
      icon: refreshIcon,
      tooltip: trans.__('Load the file again'),
      onClick: () => content.file.load()
    })
  );
  return tab;
}
