/** One policy: its field, what it does, and the way back to its default. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useId, useState } from 'react';

import {
  DEFAULTS,
  IPolicies,
  IPolicyField,
  isSamePolicy,
  PolicyName,
  PolicyValue,
  readPolicy,
  showPolicy,
  whyNoEffect
} from '../../../domain/policyfields';
import {
  choiceWords,
  policyValueWords,
  policyWords
} from '../../../domain/policywords';
import { fromLocal, toLocal } from '../../../domain/wallclock';

export interface IPolicyInputProps {
  readonly field: IPolicyField;
  readonly policies: IPolicies;
  readonly kind: 'now' | 'once' | 'cron';
  readonly readOnly: boolean;
  readonly trans: TranslationBundle;
  readonly onChange: (value: PolicyValue) => void;
  /** Told when its text becomes valid or invalid. */
  readonly onWrong: (name: PolicyName, wrong: boolean) => void;
}

export function PolicyInput(props: IPolicyInputProps): JSX.Element {
  const { field, policies, kind, readOnly, trans, onChange, onWrong } = props;
  const { name } = field;
  const value = policies[name];
  const id = useId();
  /** What is typed while it isn't what the job has. */
  const [typed, setTyped] = useState<string | null>(null);
  const { label, help } = policyWords(name, trans);
  const idle = whyNoEffect(name, kind, policies, trans);
  const problem =
    typed === null || idle !== ''
      ? ''
      : readPolicy(field, typed, trans).problem;
  const isWrong = problem !== '';
  useEffect(() => {
    onWrong(name, isWrong);
  }, [onWrong, name, isWrong]);
  useEffect(() => {
    setTyped(null); // It was undone, reset, or changed elsewhere.
  }, [name, Array.isArray(value) ? value.join() : value]);
  const type = (text: string) => {
    setTyped(text);
    const read = readPolicy(field, text, trans);
    if (read.value !== undefined && !isSamePolicy(read.value, value)) {
      onChange(read.value);
    }
  };
  const common = {
    id,
    className: 'jp-mod-styled',
    disabled: readOnly || idle !== '',
    'aria-describedby': `${id}-help`,
    'aria-invalid': isWrong || undefined
  };
  return (
    <div className="jp-OrchestJobs-policy" data-idle={idle !== '' || undefined}>
      <label htmlFor={id}>{label}</label>
      <div>
        {field.type === 'choice' ? (
          <select
            {...common}
            value={String(value)}
            onChange={event => onChange(event.target.value)}
          >
            {field.choices?.map(choice => (
              <option key={choice} value={choice}>
                {choiceWords(name, choice, trans)}
              </option>
            ))}
          </select>
        ) : field.type === 'flag' ? (
          <input
            {...common}
            type="checkbox"
            checked={value === true}
            onChange={event => onChange(event.target.checked)}
          />
        ) : field.type === 'time' ? (
          <input
            {...common}
            type="datetime-local"
            value={typeof value === 'string' ? toLocal(value) : ''}
            onChange={event => onChange(fromLocal(event.target.value))}
          />
        ) : (
          <input
            {...common}
            type="text"
            inputMode={
              ['whole', 'number'].includes(field.type) ? 'decimal' : undefined
            }
            autoComplete="off"
            value={typed ?? showPolicy(field, value)}
            placeholder={
              field.optional === true
                ? trans.__('no limit')
                : field.type === 'modules'
                  ? trans.__('none')
                  : undefined
            }
            onChange={event => type(event.target.value)}
            onBlur={() => {
              if (!isWrong) {
                setTyped(null); // In the usual way of writing.
              }
            }}
          />
        )}
        {!isSamePolicy(value, DEFAULTS[name]) || typed !== null ? (
          <button
            className="jp-OrchestJobs-act"
            disabled={readOnly}
            title={trans.__(
              'Back to the default: %1',
              policyValueWords(field, DEFAULTS[name], trans, String)
            )}
            aria-label={trans.__('Reset %1', label)}
            onClick={() => {
              setTyped(null);
              onChange(DEFAULTS[name]);
            }}
          >
            {trans.__('Reset')}
          </button>
        ) : null}
      </div>
      <span id={`${id}-help`} className="jp-OrchestJobs-help">
        {isWrong ? (
          <span className="jp-OrchestJobs-wrong">
            {trans.__(
              '%1 Not saved: it stays at %2.',
              problem,
              policyValueWords(field, value, trans, String)
            )}
          </span>
        ) : idle !== '' ? (
          trans.__('%1 (Without effect: %2.)', help, idle)
        ) : (
          help
        )}
      </span>
    </div>
  );
}
