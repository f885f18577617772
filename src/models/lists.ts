/** What a job would be with changes that are not saved yet. Pure functions. */

import { JsonText, ListsText } from '../api/jsontext';
import {
  IJobChanges,
  ISelectionRequest,
  JobDetail,
  Parameter,
  ScheduleRequest,
  Selection
} from '../api/types';
import { PIPELINE_SCOPE, Texts } from '../domain/parametersfile';

/** The lists of a job's parameters, in its order: that of its runs. */
export function listsOf(job: JobDetail): ListsText {
  const lists: Record<string, Record<string, readonly JsonText[]>> = {};
  for (const { scope, name, texts } of job.parameters) {
    lists[scope] ??= {};
    lists[scope][name] = texts.map(text => new JsonText(text));
  }
  return lists;
}

/** The values of one parameter; none if it isn't there. Names may be any text, "constructor", too. */
export function valuesOf(
  lists: ListsText,
  scope: string,
  name: string
): readonly JsonText[] {
  const names = Object.hasOwn(lists, scope) ? lists[scope] : {};
  return Object.hasOwn(names, name) ? names[name] : [];
}

/** The lists with other values of one parameter; null takes it out. */
export function withValues(
  lists: ListsText,
  scope: string,
  name: string,
  values: readonly JsonText[] | null
): ListsText {
  const names = { ...lists[scope] };
  if (values === null) {
    delete names[name];
  } else {
    names[name] = values;
  }
  return { ...lists, [scope]: names };
}

export function toTexts(lists: ListsText): Texts {
  return mapLists(lists, value => value.text);
}

export function fromTexts(texts: Texts): ListsText {
  return mapLists(texts, text => new JsonText(text));
}

/** Lists with the defaults of what they leave out, as the server will have them. */
export function withDefaults(lists: ListsText, job: JobDetail): ListsText {
  return job.parameters
    .filter(({ scope, name }) => valuesOf(lists, scope, name).length === 0)
    .reduce(
      (all, { scope, name, default: text }) =>
        text === null
          ? all
          : withValues(all, scope, name, [new JsonText(text)]),
      lists
    );
}

/** A job as it would be with changes. */
export function applied(job: JobDetail, changes: IJobChanges): JobDetail {
  const { name, parameters, selection, env_variables, schedule } = changes;
  return {
    ...job,
    name: name ?? job.name,
    parameters:
      parameters === undefined ? job.parameters : answersOf(parameters, job),
    selection:
      selection === undefined ? job.selection : selectionAnswer(selection),
    env_variables: { ...(env_variables ?? job.env_variables) },
    secrets: secretsAfter(job.secrets, changes.secrets ?? {}),
    schedule:
      schedule === undefined
        ? job.schedule
        : { at: null, cron: null, zone: null, description: '', ...schedule },
    policies: { ...job.policies, ...changes.policies }
  };
}

/** Changes that bring the fields of others back to what they are in a job. */
export function inverse(changes: IJobChanges, job: JobDetail): IJobChanges {
  if (changes.secrets !== undefined) {
    return {}; // The values from before aren't known, and half of it would make no sense.
  }
  return {
    ...(changes.name !== undefined && { name: job.name }),
    ...(changes.parameters !== undefined && { parameters: listsOf(job) }),
    ...(changes.selection !== undefined && {
      selection: selectionRequest(job.selection)
    }),
    ...(changes.env_variables !== undefined && {
      env_variables: job.env_variables
    }),
    ...(changes.schedule !== undefined && {
      schedule: scheduleRequest(job.schedule)
    }),
    ...(changes.policies !== undefined && { policies: job.policies })
  };
}

export function selectionRequest(selection: Selection): ISelectionRequest {
  const { base, exceptions } = selection;
  const rules = selection.rules.map(({ scope, name, text }) => ({
    scope,
    name,
    value: new JsonText(text)
  }));
  return { base, rules, exceptions };
}

function selectionAnswer(selection: ISelectionRequest): Selection {
  const rules = selection.rules.map(({ scope, name, value }) => ({
    scope,
    name,
    value: JSON.parse(value.text) as unknown,
    text: value.text
  }));
  return { ...selection, rules, exceptions: [...selection.exceptions] };
}

function scheduleRequest(schedule: JobDetail['schedule']): ScheduleRequest {
  const { kind, at, cron, zone } = schedule;
  return { kind, at, cron, zone };
}

function secretsAfter(
  names: readonly string[],
  changes: Readonly<Record<string, string | null>>
): string[] {
  const kept = names.filter(name => changes[name] !== null);
  const added = Object.keys(changes).filter(
    name => changes[name] !== null && !names.includes(name)
  );
  return [...kept, ...added];
}

function answersOf(lists: ListsText, job: JobDetail): Parameter[] {
  // In the server's words, which take their place: nothing jumps when it is saved.
  const titles = new Map([
    [PIPELINE_SCOPE, `pipeline ${job.pipeline_name}`],
    ...job.steps.map(({ step, title }): [string, string] => [step, title])
  ]);
  return Object.entries(lists).flatMap(([scope, names]) =>
    Object.entries(names).map(([name, values]) => ({
      scope,
      scope_title: titles.get(scope) ?? scope,
      name,
      values: values.map(value => JSON.parse(value.text) as unknown),
      texts: values.map(value => value.text),
      default:
        job.parameters.find(
          known => known.scope === scope && known.name === name
        )?.default ?? null
    }))
  );
}

function mapLists<A, B>(
  lists: Readonly<Record<string, Readonly<Record<string, readonly A[]>>>>,
  map: (value: A) => B
): Record<string, Record<string, B[]>> {
  return Object.fromEntries(
    Object.entries(lists).map(([scope, names]) => [
      scope,
      Object.fromEntries(
        Object.entries(names).map(([name, values]) => [name, values.map(map)])
      )
    ])
  );
}
