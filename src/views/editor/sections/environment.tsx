/** Environment variables of all steps: masked until somebody looks, some of them secret. */

import React, { useState } from 'react';

import { IVariable, soundsSecret, whyNotName } from '../../../domain/variables';
import { NewVariable } from './newvariable';
import { ISectionProps } from './section';
import { PlainRow, SecretRow } from './variable';

export function Environment(props: ISectionProps): JSX.Element {
  const { job, change, readOnly, trans } = props;
  const [revealed, setRevealed] = useState(false);
  const plain = Object.entries(job.env_variables);
  const names = [...plain.map(([name]) => name), ...job.secrets];

  /** The variables with one of them replaced where it stands; null takes it out. */
  const replaced = (name: string, by: IVariable | null) =>
    Object.fromEntries(
      plain.flatMap(([other, value]) =>
        other !== name
          ? [[other, value]]
          : by === null
            ? []
            : [[by.name, by.value]]
      )
    );
  const add = (added: readonly IVariable[], secret: boolean) => {
    const isSecret = (name: string) =>
      added.length === 1 ? secret : soundsSecret(name);
    const pairs = (some: readonly IVariable[]) =>
      Object.fromEntries(some.map(({ name, value }) => [name, value]));
    const hidden = added.filter(({ name }) => isSecret(name));
    const open = added.filter(({ name }) => !isSecret(name));
    // What is there already is replaced, whichever it was.
    const others = pairs(
      plain
        .map(([name, value]) => ({ name, value }))
        .filter(one => !hidden.some(({ name }) => name === one.name))
    );
    const gone = job.secrets.filter(name =>
      open.some(one => one.name === name)
    );
    const secrets = {
      ...pairs(hidden),
      ...Object.fromEntries(gone.map(name => [name, null]))
    };
    change({
      env_variables: { ...others, ...pairs(open) },
      ...(Object.keys(secrets).length > 0 && { secrets })
    });
  };
  return (
    <div className="jp-OrchestJobs-environment">
      {names.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col">
                {trans.__('Value')}
                {plain.length > 0 && (
                  <button
                    className="jp-OrchestJobs-act"
                    aria-pressed={revealed}
                    onClick={() => setRevealed(!revealed)}
                  >
                    {revealed ? trans.__('Hide all') : trans.__('Reveal all')}
                  </button>
                )}
              </th>
              <th scope="col">{trans.__('Secret')}</th>
              <th scope="col">
                <span className="jp-OrchestJobs-unseen">
                  {trans.__('Remove')}
                </span>
              </th>
            </tr>
          </thead>
          <tbody>
            {plain.map(([name, value]) => (
              <PlainRow
                key={name}
                name={name}
                value={value}
                revealed={revealed}
                readOnly={readOnly}
                trans={trans}
                whyNot={wanted =>
                  whyNotName(
                    wanted,
                    names.filter(other => other !== name),
                    trans
                  )
                }
                onChange={by => change({ env_variables: replaced(name, by) })}
                onSecret={() =>
                  change({
                    env_variables: replaced(name, null),
                    secrets: { [name]: value }
                  })
                }
              />
            ))}
            {job.secrets.map(name => (
              <SecretRow
                key={name}
                name={name}
                readOnly={readOnly}
                trans={trans}
                onChange={value => change({ secrets: { [name]: value } })}
              />
            ))}
          </tbody>
        </table>
      )}
      {!readOnly && <NewVariable names={names} trans={trans} onAdd={add} />}
    </div>
  );
}
