/** Limits, retries, what happens when firings overlap or are missed, and what is kept. */

import React, { useCallback, useEffect, useState } from 'react';

import {
  POLICY_FIELDS,
  PolicyGroup,
  PolicyName
} from '../../../domain/policyfields';
import { groupTitle, policySummary } from '../../../domain/policywords';
import { exactTime } from '../../../domain/times';
import { uiLocale } from '../../../hooks/clock';
import { PolicyInput } from './policy';
import { ISectionProps } from './section';

const GROUPS: readonly PolicyGroup[] = ['firings', 'runs', 'retention'];

export function PoliciesSection(props: ISectionProps): JSX.Element {
  const { job, change, block, readOnly, trans } = props;
  const { policies, schedule } = job;
  /** Fields with text that is no value. */
  const [wrong, setWrong] = useState<readonly PolicyName[]>([]);
  const onWrong = useCallback((name: PolicyName, isWrong: boolean) => {
    setWrong(names => {
      const others = names.filter(other => other !== name);
      return isWrong ? [...others, name] : others;
    });
  }, []);
  const isWrong = wrong.length > 0;
  useEffect(() => {
    block(isWrong ? trans.__('a limit or policy is not valid') : '');
    return () => block('');
  }, [block, isWrong, trans]);
  const summary = policySummary(policies, schedule.kind, trans, iso =>
    exactTime(iso, uiLocale())
  );
  return (
    <details className="jp-OrchestJobs-details jp-OrchestJobs-policies">
      <summary>{summary}</summary>
      {GROUPS.map(group => (
        <fieldset key={group}>
          <legend>{groupTitle(group, trans)}</legend>
          {POLICY_FIELDS.filter(field => field.group === group).map(field => (
            <PolicyInput
              key={field.name}
              field={field}
              policies={policies}
              kind={schedule.kind}
              readOnly={readOnly}
              trans={trans}
              onChange={value =>
                change({ policies: { ...policies, [field.name]: value } })
              }
              onWrong={onWrong}
            />
          ))}
        </fieldset>
      ))}
    </details>
  );
}
