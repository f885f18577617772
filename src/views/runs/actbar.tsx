/** How many runs there are and are selected, and what can be done with those. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Run } from '../../api/types';
import { ActionButton } from '../../components/actionbutton';
import { whyNotRun } from '../../domain/permits';
import { BULK_ACTS, BulkAct } from '../../domain/runbulk';
import { isFiltering } from '../../domain/runfilter';
import { useObservable } from '../../hooks/observable';
import { RunsModel } from '../../models/runs';
import { RunSelection } from '../../models/runselection';

/** More beside one another can't be taken in. */
export const MOST_COMPARED = 20;

export function ActBar(props: {
  model: RunsModel;
  selection: RunSelection;
  trans: TranslationBundle;
  onAct: (act: BulkAct) => void;
  onCompare: () => void;
  children: React.ReactNode;
}): JSX.Element {
  const { model, selection, trans, onAct, onCompare } = props;
  const { total, filter, stale, rows } = useObservable(model);
  const { ids, loading } = useObservable(selection);
  const labels: Record<BulkAct, string> = {
    retry: trans.__('Retry…'),
    resume: trans.__('Resume…'),
    cancel: trans.__('Cancel…'),
    delete: trans.__('Delete…')
  };
  // The selection may be of 10,000 runs: looked through once for each answer.
  const why = React.useMemo(
    () => reasonsOf(selection.runs, trans),
    [selection, ids, rows, trans]
  );
  const tooFew = trans.__('select runs first');
  return (
    <div className="jp-OrchestJobs-actBar">
      <span className="jp-OrchestJobs-count" role="status">
        {loading
          ? trans.__('Loading all runs…')
          : ids.size > 0
            ? trans._n(
                '%2 of %1 run selected',
                '%2 of %1 runs selected',
                total,
                ids.size
              )
            : isFiltering(filter)
              ? trans._n('%1 run found', '%1 runs found', total)
              : trans._n('%1 run', '%1 runs', total)}
      </span>
      {stale && (
        <button
          className="jp-OrchestJobs-link"
          title={trans.__(
            'Runs have changed that would now be elsewhere in the list, or not in it'
          )}
          onClick={() => model.reload()}
        >
          {trans.__('Update the list')}
        </button>
      )}
      <span
        className="jp-OrchestJobs-buttons"
        role="group"
        aria-label={trans.__('Selected runs')}
      >
        {BULK_ACTS.map(act => (
          <ActionButton
            key={act}
            label={labels[act]}
            why={ids.size === 0 ? tooFew : (why[act] ?? '')}
            onClick={() => onAct(act)}
          />
        ))}
        <ActionButton
          label={trans.__('Compare')}
          hint={trans.__('Show the selected runs side by side')}
          why={
            ids.size < 2
              ? trans.__('select at least two runs')
              : ids.size > MOST_COMPARED
                ? trans.__('select at most %1 runs', MOST_COMPARED)
                : ''
          }
          onClick={onCompare}
        />
        {props.children}
      </span>
    </div>
  );
}

/** Why an act is possible on none of some runs; nothing where it is on one. */
function reasonsOf(
  runs: readonly Run[],
  trans: TranslationBundle
): Partial<Record<BulkAct, string>> {
  return Object.fromEntries(
    BULK_ACTS.map(act => {
      const able = runs.some(run => whyNotRun(act, run, trans) === '');
      const first = runs[0];
      const why =
        able || first === undefined
          ? ''
          : runs.length === 1
            ? whyNotRun(act, first, trans)
            : trans.__('it is possible on none of the selected runs');
      return [act, why];
    })
  );
}
