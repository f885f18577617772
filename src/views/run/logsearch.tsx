/** Search in a log: what is found, and which of it is looked at. */

import { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretUpIcon,
  ToolbarButtonComponent
} from '@jupyterlab/ui-components';
import React, { useDeferredValue, useEffect, useMemo, useState } from 'react';

import { readable } from '../../components/logtext';
import { findAll, IMatch } from '../../domain/textsearch';
import { ILogBlock } from '../../models/log';

export interface ILogSearch {
  readonly query: string;
  readonly setQuery: (query: string) => void;
  readonly count: number;
  readonly more: boolean;
  /** The number of the match looked at, from 0; -1: none. */
  readonly at: number;
  readonly go: (by: 1 | -1) => void;
  /** What a block of the log holds. */
  readonly inBlock: (index: number) => IBlockMatches;
}

export interface IBlockMatches {
  readonly matches?: readonly IMatch[];
  readonly current?: number;
}

const NOTHING: IBlockMatches = {};
/** A block that isn't the last never changes, so its text is worked out once. */
const texts = new WeakMap<ILogBlock, string>();

export function useLogSearch(blocks: readonly ILogBlock[]): ILogSearch {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(-1);
  const sought = useDeferredValue(query);
  const { items, more } = useMemo(
    () => findAll(sought === '' ? [] : blocks.map(textOf), sought),
    [blocks, sought]
  );
  const byBlock = useMemo(() => {
    const groups = new Map<number, { first: number; matches: IMatch[] }>();
    for (const [index, match] of items.entries()) {
      const group = groups.get(match.block);
      if (group === undefined) {
        groups.set(match.block, { first: index, matches: [match] });
      } else {
        group.matches.push(match);
      }
    }
    return groups;
  }, [items]);
  useEffect(() => setAt(-1), [sought]);
  const here = Math.min(at, items.length - 1);
  return {
    query,
    setQuery,
    count: items.length,
    more,
    at: here,
    go: by => {
      const n = items.length;
      if (n > 0) {
        setAt(here < 0 ? (by > 0 ? 0 : n - 1) : (here + by + n) % n);
      }
    },
    inBlock: index => {
      const group = byBlock.get(index);
      if (group === undefined) {
        return NOTHING;
      }
      const { first, matches } = group;
      const isHere = here >= first && here < first + matches.length;
      return { matches, current: isHere ? here - first : undefined };
    }
  };
}

export function LogSearch(props: {
  search: ILogSearch;
  trans: TranslationBundle;
}): JSX.Element {
  const { search, trans } = props;
  const { query, count, more, at } = search;
  const total = more ? trans.__('%1 or more', count) : String(count);
  return (
    <span
      className="jp-OrchestJobs-search"
      role="search"
      onKeyDown={event => {
        if (event.key === 'Enter') {
          event.preventDefault();
          search.go(event.shiftKey ? -1 : 1);
        } else if (event.key === 'Escape') {
          search.setQuery('');
        }
      }}
    >
      <input
        type="search"
        className="jp-OrchestJobs-searchField"
        placeholder={trans.__('Search')}
        aria-label={trans.__('Search in the log')}
        title={trans.__('Enter: next, Shift+Enter: previous')}
        value={query}
        onChange={event => search.setQuery(event.target.value)}
      />
      <span className="jp-OrchestJobs-found" role="status">
        {query === ''
          ? ''
          : at < 0
            ? trans.__('%1 found', total)
            : trans.__('%1 of %2', at + 1, total)}
      </span>
      <ToolbarButtonComponent
        icon={caretUpIcon}
        tooltip={trans.__('Previous match')}
        enabled={count > 0}
        onClick={() => search.go(-1)}
      />
      <ToolbarButtonComponent
        icon={caretDownIcon}
        tooltip={trans.__('Next match')}
        enabled={count > 0}
        onClick={() => search.go(1)}
      />
    </span>
  );
}

function textOf(block: ILogBlock): string {
  let text = texts.get(block);
  if (text === undefined) {
    text = readable(block.text);
    texts.set(block, text);
  }
  return text;
}
