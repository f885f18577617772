/** What the steps are executed in, and whether that is frozen. */

import React, { useMemo } from 'react';

import { policyWords } from '../../../domain/policywords';
import { EnvironmentsModel } from '../../../models/environments';
import { Environments } from '../../environments/list';
import { ISectionProps } from './section';

export function EnvironmentsSection(props: ISectionProps): JSX.Element {
  const { job, change, client, readOnly, trans } = props;
  const model = useMemo(
    () => new EnvironmentsModel(client, job.id),
    [client, job.id]
  );
  const { policies } = job;
  const { label, help } = policyWords('freeze_environments', trans);
  return (
    <>
      <label className="jp-OrchestJobs-environmentsSwitch" title={help}>
        <input
          type="checkbox"
          checked={policies.freeze_environments}
          disabled={readOnly}
          onChange={event =>
            change({
              policies: {
                ...policies,
                freeze_environments: event.target.checked
              }
            })
          }
        />
        {label}
      </label>
      <Environments job={job} model={model} trans={trans} />
    </>
  );
}
