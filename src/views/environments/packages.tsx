/** The packages of an environment, on demand, to be looked through. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';

import { Environment } from '../../api/types';
import { packagesWith } from '../../domain/environments';
import { EnvironmentsModel } from '../../models/environments';

export function Packages(props: {
  environment: Environment;
  model: EnvironmentsModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { environment, model, trans } = props;
  const { id, packages: count } = environment;
  const [text, setText] = useState('');
  const { packages } = model.of(id);
  const shown = packagesWith(packages ?? [], text);
  return (
    <details
      className="jp-OrchestJobs-details"
      onToggle={event => {
        if (event.currentTarget.open) {
          void model.look(id);
        }
      }}
    >
      <summary>{trans._n('%1 package', '%1 packages', count)}</summary>
      {packages === null ? (
        <p>{trans.__('Loading…')}</p>
      ) : (
        <>
          <input
            type="search"
            className="jp-mod-styled"
            placeholder={trans.__('Filter packages')}
            aria-label={trans.__('Filter packages')}
            value={text}
            onChange={event => setText(event.target.value)}
          />
          {shown.length === 0 ? (
            <p>{trans.__('No package has this in its name.')}</p>
          ) : (
            <table className="jp-OrchestJobs-packages">
              <tbody>
                {shown.map(({ name, version, origin }) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td>{version}</td>
                    <td>{origin}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </details>
  );
}
