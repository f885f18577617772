/** What an imported Elyra pipeline does otherwise, in words. */

import { IWords } from '../words';
import { IElyraNote } from './elyra';

/** A note in a sentence, without the steps that it is about. */
export function tellNote({ kind, detail }: IElyraNote, trans: IWords): string {
  switch (kind) {
    case 'component':
      return trans.__(
        'The component “%1” is left out: only notebooks and scripts can be steps. What waited for it waits for what was before it.',
        detail
      );
    case 'no-file':
      return trans.__('“%1” names no file, so it is left out.', detail);
    case 'variables':
      return trans.__(
        'Environment variables became parameters: %1. Read them with orchest.get_step_param or get_pipeline_param, or give the job variables of these names.',
        detail
      );
    case 'image':
      return trans.__(
        'The image %1 is not used: steps run with what is installed here.',
        detail
      );
    case 'resources':
      return trans.__('Wishes for resources are not carried over: %1.', detail);
    case 'volumes':
      return trans.__('Volumes are not mounted: %1.', detail);
    case 'secrets':
      return trans.__(
        'Kubernetes secrets are not carried over: %1. Give the job secrets of these names.',
        detail
      );
    case 'other':
      return trans.__('The setting %1 is not carried over.', detail);
    case 'parameter':
      return trans.__(
        'The parameter %1 is one of the pipeline now: read it with orchest.get_pipeline_param.',
        detail
      );
    case 'comments':
      return trans._n(
        '%1 comment on the canvas is not carried over.',
        '%1 comments on the canvas are not carried over.',
        Number(detail)
      );
    case 'description':
      return trans.__('The description is not carried over: %1', detail);
    case 'old-paths':
      return trans.__(
        'The file is of an early version of Elyra, whose paths began at the top folder: look at the files of the steps.'
      );
  }
}
