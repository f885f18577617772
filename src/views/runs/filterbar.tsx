/** What is listed: text, state, batch, and `name = value`. */

import { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import React, { useEffect, useId, useState } from 'react';

import {
  INamed,
  IRunFilter,
  isFiltering,
  NO_FILTER,
  readCondition,
  ruleLabel,
  RUN_STATUSES,
  withoutRule,
  withRule
} from '../../domain/runfilter';
import { RunStatus, statusWord } from '../../domain/status';
import { formatText } from '../../domain/values';

interface IFilterBarProps {
  readonly filter: IRunFilter;
  /** Parameters that conditions may name. */
  readonly parameters: readonly INamed[];
  /** How many batches there are to choose from. */
  readonly batches: number;
  readonly trans: TranslationBundle;
  readonly onFilter: (filter: IRunFilter) => void;
}

/** Typing is not asking yet. */
const ASK_AFTER_MS = 250;
/** More suggestions than this are of no help. */
const MOST_SUGGESTIONS = 200;

export function FilterBar(props: IFilterBarProps): JSX.Element {
  const { filter, parameters, batches, trans, onFilter } = props;
  return (
    <div className="jp-OrchestJobs-filter" role="search">
      <TextFilter {...props} />
      <HTMLSelect
        aria-label={trans.__('State of the runs')}
        value={filter.status ?? ''}
        onChange={event => {
          const { value } = event.currentTarget;
          const status = value === '' ? null : (value as RunStatus);
          onFilter({ ...filter, status });
        }}
      >
        <option value="">{trans.__('All states')}</option>
        {RUN_STATUSES.map(status => (
          <option key={status} value={status}>
            {statusWord(status, trans)}
          </option>
        ))}
      </HTMLSelect>
      {batches > 1 && (
        <label className="jp-OrchestJobs-filterBatch">
          {trans.__('Batch')}
          <input
            className="jp-mod-styled"
            type="number"
            min={1}
            max={batches}
            placeholder={trans.__('all')}
            value={filter.batch ?? ''}
            onChange={event => {
              const batch = event.currentTarget.valueAsNumber;
              onFilter({ ...filter, batch: batch >= 1 ? batch : null });
            }}
          />
        </label>
      )}
      {filter.where.map(rule => {
        const label = ruleLabel(rule, parameters);
        return (
          <button
            key={label}
            className="jp-OrchestJobs-chip"
            title={trans.__('No longer filter by this')}
            aria-label={trans.__('Remove the filter %1', label)}
            onClick={() => onFilter(withoutRule(filter, rule))}
          >
            <span>{label}</span>
            <span aria-hidden="true">×</span>
          </button>
        );
      })}
      {isFiltering(filter) && (
        <button
          className="jp-OrchestJobs-link"
          onClick={() => onFilter(NO_FILTER)}
        >
          {trans.__('Clear filter')}
        </button>
      )}
    </div>
  );
}

function TextFilter(props: IFilterBarProps): JSX.Element {
  const { filter, parameters, trans, onFilter } = props;
  const [typed, setTyped] = useState(filter.text);
  const [problem, setProblem] = useState('');
  const list = useId();
  const note = useId();
  const condition = readCondition(typed, parameters, trans);
  // As it was remembered, or cleared.
  useEffect(() => setTyped(filter.text), [filter.text]);
  useEffect(() => {
    // A condition counts once it is complete: with Enter.
    if (typed === filter.text || typed.includes('=')) {
      return;
    }
    const timer = setTimeout(
      () => onFilter({ ...filter, text: typed }),
      ASK_AFTER_MS
    );
    return () => clearTimeout(timer);
  }, [typed, filter, onFilter]);
  const take = () => {
    if (condition.rule !== null) {
      setTyped('');
      onFilter(withRule({ ...filter, text: '' }, condition.rule));
    } else if (condition.problem === '') {
      onFilter({ ...filter, text: typed });
    } else {
      setProblem(condition.problem);
    }
  };
  return (
    <span className="jp-OrchestJobs-filterText">
      <input
        type="search"
        className="jp-mod-styled"
        list={list}
        value={typed}
        placeholder={
          parameters.length === 0
            ? trans.__('Filter by text')
            : trans.__('Filter by text or name = value')
        }
        aria-label={trans.__('Filter the runs')}
        aria-invalid={problem !== ''}
        aria-describedby={problem === '' ? undefined : note}
        onChange={event => {
          setTyped(event.currentTarget.value);
          setProblem('');
        }}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault();
            take();
          }
        }}
      />
      <datalist id={list}>
        {suggestions(parameters).map(text => (
          <option key={text} value={text} />
        ))}
      </datalist>
      {problem !== '' && (
        <span id={note} className="jp-OrchestJobs-filterProblem" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}

function suggestions(parameters: readonly INamed[]): string[] {
  const all = parameters
    .filter(({ texts }) => texts.length > 1)
    .flatMap(({ label, texts }) =>
      texts
        .slice(0, MOST_SUGGESTIONS)
        .map(text => `${label} = ${formatText(text)}`)
    );
  return [...new Set(all)].slice(0, MOST_SUGGESTIONS);
}
