/** The dialog of the cluster. Loaded when it is asked for. */

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IJobsClient } from '../../api/client';
import { Cluster } from '../../api/types';
import { FormDialog } from '../../components/formdialog';
import { ClusterModel } from '../../models/cluster';
import { ClusterBody } from './body';

class ClusterWidget extends ReactWidget {
  constructor(
    private readonly _model: ClusterModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-OrchestJobs-limits');
    this.addClass('jp-OrchestJobs-clusterDialog');
  }

  /** Save what differs; nothing is done while it can't be meant. */
  save(): void {
    void this._save();
  }

  override dispose(): void {
    this._model.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    return React.createElement(ClusterBody, {
      model: this._model,
      trans: this._trans,
      onSave: save => {
        this._save = save;
      }
    });
  }

  private _save: () => Promise<void> = async () => undefined;
}

/** Saving leaves it open: how the cluster is then is what people want to see. */
class ClusterDialog extends FormDialog<void> {
  constructor(
    private readonly _widget: ClusterWidget,
    trans: TranslationBundle
  ) {
    super({
      title: trans.__('Cluster'),
      body: _widget,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Close') }),
        Dialog.okButton({ label: trans.__('Save') })
      ],
      focusNodeSelector: 'input'
    });
  }

  override resolve(index: number = SAVE): void {
    if (index === SAVE) {
      this._widget.save();
    } else {
      super.resolve(index);
    }
  }
}

/** The place of its button. */
const SAVE = 1;

/** Show the cluster and let the user set it up, until they close the dialog. */
export async function showClusterDialog(
  client: IJobsClient,
  cluster: Cluster,
  trans: TranslationBundle
): Promise<void> {
  const model = new ClusterModel(client, cluster);
  await new ClusterDialog(new ClusterWidget(model, trans), trans).launch();
}
