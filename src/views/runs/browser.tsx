/** Runs to be looked through: filter, acts, and the table. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useCallback, useState } from 'react';

import { Run } from '../../api/types';
import { Notice } from '../../components/notice';
import { arranged, withWidth } from '../../domain/arrangement';
import { IParameterColumn } from '../../domain/parameters';
import { BulkAct } from '../../domain/runbulk';
import { isFiltering } from '../../domain/runfilter';
import { uiLocale, useNow } from '../../hooks/clock';
import { useObservable } from '../../hooks/observable';
import { RunsModel } from '../../models/runs';
import { RunSelection } from '../../models/runselection';
import { RunsView } from '../../models/runsview';
import { IActions } from '../actions';
import { ActBar } from './actbar';
import { ColumnMenu } from './columnmenu';
import { IColumn } from './columns';
import { Compare } from './compare';
import { FilterBar } from './filterbar';
import { RunsTable } from './table';

export interface IRunsBrowserProps {
  readonly model: RunsModel;
  readonly selection: RunSelection;
  readonly view: RunsView;
  /** By what name its arrangement is kept. */
  readonly table: string;
  /** All that there are; the user's arrangement says which are shown. */
  readonly columns: readonly IColumn[];
  /** Those of the job; none for all jobs. */
  readonly parameters: readonly IParameterColumn[];
  readonly batches: number;
  readonly jobs: ReadonlyMap<string, string> | null;
  readonly label: string;
  /** Whether some run is not over, so that times go on. */
  readonly live: boolean;
  /** What is said instead of an empty list that isn't filtered. */
  readonly whyNone: string;
  readonly pointAt: (run: Run) => void;
  readonly actions: IActions;
  readonly trans: TranslationBundle;
}

export function RunsBrowser(props: IRunsBrowserProps): JSX.Element {
  const { model, selection, view, table, columns, actions, trans } = props;
  const { filter, message, rows, total } = useObservable(model);
  useObservable(view);
  const arrangement = view.arrangementOf(table);
  const now = useNow(props.live ? 1_000 : 60_000);
  const [compared, setCompared] = useState<readonly Run[] | null>(null);
  const shown = React.useMemo(
    () => arranged(columns, arrangement),
    [columns, arrangement]
  );
  const onWidth = useCallback(
    (key: string, width: number) =>
      view.arrange(table, withWidth(view.arrangementOf(table), key, width)),
    [view, table]
  );
  const onFilter = useCallback(
    (next: typeof filter) => model.choose(next),
    [model]
  );
  const act = (kind: BulkAct) => {
    if (selection.state.ids.size > 0) {
      actions.runs(kind, selection.runs);
    }
  };
  if (compared !== null) {
    return (
      <Compare
        runs={compared}
        parameters={props.parameters}
        jobs={props.jobs}
        trans={trans}
        onOpen={actions.openRun}
        onClose={() => setCompared(null)}
      />
    );
  }
  if (rows !== null && total === 0 && !isFiltering(filter) && message === '') {
    return <p className="jp-OrchestJobs-noRuns">{props.whyNone}</p>;
  }
  return (
    <>
      <div className="jp-OrchestJobs-runsBar">
        <FilterBar
          filter={filter}
          parameters={props.parameters}
          batches={props.batches}
          trans={trans}
          onFilter={onFilter}
        />
        <ActBar
          model={model}
          selection={selection}
          trans={trans}
          onAct={act}
          onCompare={() => setCompared(selection.runs)}
        >
          <ColumnMenu
            columns={columns}
            arrangement={arrangement}
            trans={trans}
            onArrange={next => view.arrange(table, next)}
          />
        </ActBar>
      </div>
      {message !== '' && <Notice kind="error">{message}</Notice>}
      {rows !== null && total === 0 ? (
        <p className="jp-OrchestJobs-noRuns">
          {trans.__('No run is like that.')}
        </p>
      ) : (
        <RunsTable
          model={model}
          selection={selection}
          columns={shown}
          jobs={props.jobs}
          label={props.label}
          now={now}
          locale={uiLocale()}
          trans={trans}
          onWidth={onWidth}
          onOpen={actions.openRun}
          onDelete={() => act('delete')}
          onPoint={props.pointAt}
        />
      )}
    </>
  );
}
