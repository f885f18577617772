/** What of the grid is looked at, and buttons that include all of it or leave it out. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useId, useMemo, useState } from 'react';

import { JsonText } from '../../../api/jsontext';
import { Parameter } from '../../../api/types';
import { ActionButton } from '../../../components/actionbutton';
import { parseFilter, proposals } from '../../../domain/gridfilter';
import { uiLocale } from '../../../hooks/clock';
import { useObservable } from '../../../hooks/observable';
import { GridModel } from '../../../models/grid';

export function GridFilter(props: {
  model: GridModel;
  /** Those with several values. */
  parameters: readonly Parameter[];
  readOnly: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, parameters, readOnly, trans } = props;
  const { matching, total } = useObservable(model);
  const [typed, setTyped] = useState('');
  const [shown, setShown] = useState('');
  const id = useId();
  const parsed = useMemo(
    () => parseFilter(typed, parameters, trans),
    [typed, parameters, trans]
  );
  const proposed = useMemo(
    () => proposals(typed, parameters),
    [typed, parameters]
  );
  useEffect(() => {
    if (parsed.problem === '') {
      const rules = parsed.rules.map(({ scope, name, text }) => ({
        scope,
        name,
        value: new JsonText(text)
      }));
      model.filterBy({
        ...(parsed.text !== '' && { text: parsed.text }),
        ...(rules.length > 0 && { rules }),
        ...(shown !== '' && { included: shown === 'included' })
      });
    }
  }, [model, parsed, shown]);
  const filtered = typed.trim() !== '' || shown !== '';
  const count = (matching ?? 0).toLocaleString(uiLocale() || undefined);
  const whyNot =
    parsed.problem !== ''
      ? trans.__('the filter can’t be understood')
      : filtered && matching === 0
        ? trans.__('the filter leaves no run')
        : '';
  return (
    <>
      <div className="jp-OrchestJobs-gridBar">
        <input
          className="jp-mod-styled"
          type="search"
          value={typed}
          list={id}
          placeholder={trans.__('Filter: text, or name = value')}
          aria-label={trans.__('Filter pipeline runs')}
          aria-invalid={parsed.problem !== '' || undefined}
          aria-describedby={`${id}-problem`}
          onChange={event => setTyped(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape' && typed !== '') {
              event.stopPropagation();
              setTyped('');
            }
          }}
        />
        <datalist id={id}>
          {proposed.map(text => (
            <option key={text} value={text} />
          ))}
        </datalist>
        <select
          className="jp-mod-styled"
          value={shown}
          aria-label={trans.__('Show which pipeline runs')}
          onChange={event => setShown(event.target.value)}
        >
          <option value="">{trans.__('All')}</option>
          <option value="included">{trans.__('Included')}</option>
          <option value="out">{trans.__('Left out')}</option>
        </select>
        {!readOnly && (
          <div className="jp-OrchestJobs-buttons">
            {filtered ? (
              <>
                <ActionButton
                  label={trans.__('Include these')}
                  why={whyNot}
                  onClick={() => void model.chooseShown(true)}
                />
                <ActionButton
                  label={trans.__('Leave these out')}
                  why={whyNot}
                  onClick={() => void model.chooseShown(false)}
                />
                <ActionButton
                  label={trans.__('Only these')}
                  hint={trans.__('Include these and leave out all others')}
                  why={whyNot}
                  onClick={() => void model.chooseOnlyShown()}
                />
              </>
            ) : (
              <>
                <ActionButton
                  label={trans.__('Include all')}
                  why={whyNot}
                  onClick={() => void model.chooseShown(true)}
                />
                <ActionButton
                  label={trans.__('None but the first')}
                  hint={trans.__(
                    'Leave out all runs but the first: at least one stays'
                  )}
                  why={whyNot}
                  onClick={() => void model.chooseOnlyRow(0)}
                />
              </>
            )}
          </div>
        )}
      </div>
      <p
        id={`${id}-problem`}
        className="jp-OrchestJobs-said"
        data-kind={parsed.problem !== '' ? 'error' : undefined}
        role="status"
      >
        {parsed.problem !== ''
          ? parsed.problem
          : filtered && matching !== null && matching !== total
            ? trans
                ._n('%1 run is shown', '%1 runs are shown', matching)
                .replace(String(matching), count)
            : ''}
      </p>
    </>
  );
}
