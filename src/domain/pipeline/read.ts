/** A pipeline file, read as leniently as when a job is made of it. */

import { Node } from 'jsonc-parser';

import { IGraphStep, IPoint } from '../graph';
import { findCycle } from './cycles';
import { IPipelineProblem } from './problems';
import { isAmount, resourcesIn } from './resources';
import { dedented, indentAt, placeAt } from './texts';
import { itemsOf, keyOf, memberOf, membersOf, parseText, textOf } from './tree';

export interface IPipelineStep extends IGraphStep {
  /** Its key in the file's `steps`. */
  readonly step: string;
  /** As it is in the file; may be empty, and need not be unique. */
  readonly title: string;
  /** Path of the notebook or script, relative to the folder of the pipeline file. */
  readonly file: string;
  /** Steps before it, in their order, each once; also such as don't exist. */
  readonly incoming: readonly string[];
  readonly kernel: IKernel;
  readonly environment: string;
  /** The kernel that was chosen for it; empty if none was. */
  readonly kernelspec: string;
  /** What it asks of a worker, a JSON object on one line; empty if it asks for nothing. */
  readonly resources: string;
  /** Null: the file doesn't say where it is drawn. */
  readonly position: IPoint | null;
  /** Its parameters, a JSON object as it is written, moved left; `{}` if there are none. */
  readonly parameters: string;
}

export interface IKernel {
  readonly name: string;
  readonly displayName: string;
}

export interface IPipeline {
  readonly uuid: string;
  readonly name: string;
  readonly version: string;
  /** How many steps of a run may execute at once; null for no limit. */
  readonly maxParallel: number | null;
  /** As those of a step. */
  readonly parameters: string;
  readonly services: readonly string[];
  /** In the order of the file. */
  readonly steps: readonly IPipelineStep[];
}

export interface IReading {
  /** Null: the file can't be read, and so not edited; the problems say why. */
  readonly pipeline: IPipeline | null;
  readonly problems: readonly IPipelineProblem[];
}

/** Step ids become names of folders. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const PIPELINE_SCOPE = 'pipeline_parameters';

export function readPipeline(text: string): IReading {
  const { root, problem } = parseText(text);
  if (problem !== null) {
    return { pipeline: null, problems: [{ ...problem, step: null }] };
  }
  const list = memberOf(root, 'steps');
  if (list?.type !== 'object') {
    const place = placeAt(text, (list ?? root).offset);
    const kind = 'no-pipeline';
    return {
      pipeline: null,
      problems: [{ kind, detail: '', step: null, ...place }]
    };
  }
  const steps = membersOf(list)
    .filter(member => member.children?.[1].type === 'object')
    .map(member => stepOf(text, member));
  const pipeline = {
    uuid: textOf(memberOf(root, 'uuid')),
    name: textOf(memberOf(root, 'name')),
    version: textOf(memberOf(root, 'version')),
    maxParallel: limitIn(memberOf(root, 'settings')),
    parameters: parametersOf(text, root),
    services: membersOf(memberOf(root, 'services')).map(keyOf),
    steps
  };
  return { pipeline, problems: problemsOf(text, root, list, pipeline) };
}

function stepOf(text: string, member: Node): IPipelineStep {
  const node = member.children?.[1];
  const kernel = memberOf(node, 'kernel');
  return {
    step: keyOf(member),
    title: textOf(memberOf(node, 'title')),
    file: textOf(memberOf(node, 'file_path')),
    incoming: [
      ...new Set(itemsOf(memberOf(node, 'incoming_connections')).map(idOf))
    ],
    kernel: {
      name: textOf(memberOf(kernel, 'name')),
      displayName: textOf(memberOf(kernel, 'display_name'))
    },
    environment: textOf(memberOf(node, 'environment')),
    kernelspec: stringOf(memberOf(memberOf(node, 'meta_data'), 'kernelspec')),
    resources: resourcesIn(text, node),
    position: positionOf(memberOf(memberOf(node, 'meta_data'), 'position')),
    parameters: parametersOf(text, node)
  };
}

/** What a connection leads to; anything but text is no step's id, and so dangling. */
export function idOf(item: Node): string {
  return String(item.value ?? null);
}

function stringOf(node: Node | undefined): string {
  return node?.type === 'string' ? String(node.value) : '';
}

function positionOf(node: Node | undefined): IPoint | null {
  const [x, y, ...more] = itemsOf(node);
  return x?.type === 'number' && y?.type === 'number' && more.length === 0
    ? { x: Number(x.value), y: Number(y.value) }
    : null;
}

/** The parameters of a step or the pipeline as they are written, moved left. */
export function parametersOf(text: string, node: Node | undefined): string {
  const value = memberOf(node, 'parameters');
  if (value?.type !== 'object') {
    return '{}';
  }
  const { offset, length } = value;
  return dedented(text.substr(offset, length), indentAt(text, offset));
}

function limitIn(settings: Node | undefined): number | null {
  const value: unknown = memberOf(settings, 'max_steps_parallelism')?.value;
  return typeof value === 'number' && Number.isInteger(value) && value > 0
    ? value
    : null;
}

function problemsOf(
  text: string,
  root: Node,
  list: Node,
  { uuid, steps }: IPipeline
): IPipelineProblem[] {
  const problems: IPipelineProblem[] = [];
  const add = (
    kind: IPipelineProblem['kind'],
    detail: string,
    step: string | null,
    node: Node
  ) => problems.push({ kind, detail, step, ...placeAt(text, node.offset) });

  for (const key of ['settings', 'parameters', 'services']) {
    const node = memberOf(root, key);
    if (node !== undefined && node.type !== 'object' && node.type !== 'null') {
      add('no-object', key, null, node);
    }
  }
  if (uuid !== '' && !ID.test(uuid)) {
    add('uuid', uuid, null, memberOf(root, 'uuid') ?? root);
  }
  const ids = new Set(steps.map(({ step }) => step));
  for (const member of membersOf(list)) {
    const id = keyOf(member);
    const step = member.children?.[1] as Node;
    if (step.type !== 'object') {
      add('no-step', id, null, step);
      continue;
    }
    if (!ID.test(id) || id === PIPELINE_SCOPE) {
      add('step-id', id, id, member);
    }
    const file = memberOf(step, 'file_path');
    if (file?.type !== 'string' || file.value === '') {
      add('no-file', '', id, file ?? step);
    } else if (String(file.value).includes('\0')) {
      add('file-nul', '', id, file);
    }
    const parameters = memberOf(step, 'parameters');
    if (parameters && !['object', 'null'].includes(parameters.type)) {
      add('no-object', 'parameters', id, parameters);
    }
    const incoming = memberOf(step, 'incoming_connections');
    if (incoming && !['array', 'null'].includes(incoming.type)) {
      add('no-list', 'incoming_connections', id, incoming);
    }
    const resources = memberOf(step, 'resources');
    if (resources && !['object', 'null'].includes(resources.type)) {
      add('no-object', 'resources', id, resources);
    }
    for (const member of membersOf(resources)) {
      if (!isAmount(member.children?.[1].value)) {
        add('no-amount', keyOf(member), id, member);
      }
    }
    for (const item of itemsOf(incoming)) {
      if (!ids.has(idOf(item))) {
        add('dangling', idOf(item), id, item);
      }
    }
  }
  const nodeOf = (id: string) => memberOf(list, id) as Node;
  const cycle = findCycle(steps);
  for (const id of cycle ?? []) {
    const names = [...(cycle ?? []), cycle?.[0]].map(
      other => steps.find(({ step }) => step === other)?.title || 'Unnamed step'
    );
    const at = memberOf(nodeOf(id), 'incoming_connections') ?? nodeOf(id);
    add('cycle', names.map(name => `“${name}”`).join(' → '), id, at);
  }
  const titles = new Map<string, number>();
  for (const { title } of steps) {
    titles.set(title, (titles.get(title) ?? 0) + 1);
  }
  for (const { step, title } of steps) {
    if (title !== '' && (titles.get(title) ?? 0) > 1) {
      add('title-twice', title, step, memberOf(nodeOf(step), 'title') as Node);
    }
  }
  if (membersOf(list).length === 0) {
    add('no-steps', '', null, list);
  }
  return problems;
}
