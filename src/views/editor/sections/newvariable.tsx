/** Another environment variable; or many, pasted from a `.env` file. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useId, useRef, useState } from 'react';

import {
  IVariable,
  parseEnv,
  soundsSecret,
  whyNotName
} from '../../../domain/variables';

export function NewVariable(props: {
  names: readonly string[];
  trans: TranslationBundle;
  onAdd: (added: readonly IVariable[], secret: boolean) => void;
}): JSX.Element {
  const { names, trans, onAdd } = props;
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  /** Null: as the name sounds. */
  const [secret, setSecret] = useState<boolean | null>(null);
  const [said, setSaid] = useState('');
  const nameField = useRef<HTMLInputElement>(null);
  const id = useId();
  const hidden = secret ?? soundsSecret(name);
  const why = whyNotName(name, names, trans);
  const problem = name === '' && value === '' ? '' : why;
  const clear = () => {
    setName('');
    setValue('');
    setSecret(null);
  };
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (why === '') {
      onAdd([{ name, value }], hidden);
      clear();
      setSaid(trans.__('%1 is added.', name));
    } else {
      setSaid(why);
    }
    nameField.current?.focus();
  };
  const onPaste = (event: React.ClipboardEvent) => {
    const found = parseEnv(event.clipboardData.getData('text'));
    if (found === null) {
      return;
    }
    event.preventDefault();
    const fit = found.filter(one => whyNotName(one.name, [], trans) === '');
    if (fit.length === 1) {
      setName(fit[0].name);
      setValue(fit[0].value);
    } else if (fit.length > 1) {
      onAdd(fit, false);
      clear();
    }
    const left = found.length - fit.length;
    setSaid(
      left > 0
        ? trans.__('%1 of %2 can’t be set.', left, found.length)
        : fit.length > 1
          ? trans._n('%1 variable', '%1 variables', fit.length)
          : ''
    );
  };
  return (
    <form className="jp-OrchestJobs-newVariable" onSubmit={submit}>
      <input
        ref={nameField}
        className="jp-OrchestJobs-newField jp-mod-styled"
        value={name}
        placeholder={trans.__('NAME')}
        aria-label={trans.__('Name of a new variable')}
        aria-invalid={(problem !== '' && name !== '') || undefined}
        aria-describedby={id}
        spellCheck={false}
        autoComplete="off"
        onChange={event => {
          setName(event.target.value.trim());
          setSaid('');
        }}
        onPaste={onPaste}
      />
      <input
        className="jp-OrchestJobs-newField jp-mod-styled"
        type={hidden ? 'password' : 'text'}
        value={value}
        placeholder={trans.__('value')}
        aria-label={trans.__('Value of a new variable')}
        spellCheck={false}
        autoComplete={hidden ? 'new-password' : 'off'}
        onChange={event => setValue(event.target.value)}
      />
      <label
        className="jp-OrchestJobs-check"
        title={trans.__(
          'The value of a secret is never shown again, and not in answers of the server'
        )}
      >
        <input
          type="checkbox"
          checked={hidden}
          onChange={event => setSecret(event.target.checked)}
        />
        {trans.__('Secret')}
      </label>
      <button
        type="submit"
        className="jp-OrchestJobs-button jp-Button jp-mod-styled"
      >
        {trans.__('Add')}
      </button>
      <span
        id={id}
        role="status"
        className={
          problem !== '' && name !== ''
            ? 'jp-OrchestJobs-wrong'
            : 'jp-OrchestJobs-help'
        }
      >
        {problem !== '' && name !== ''
          ? problem
          : said !== ''
            ? said
            : trans.__(
                'All steps get them. Lines of a .env file can be pasted into the name.'
              )}
      </span>
    </form>
  );
}
