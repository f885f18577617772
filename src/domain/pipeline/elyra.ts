/** From an Elyra `.pipeline` file to one of ours, with a list of what is not carried over. */

import { kernelFor, newPipeline, titleOf } from './create';
import { addSteps, INewStep, setPipelineParameters } from './edits';
import { Fields, fields, IFlowNode, list, readFlow, string } from './elyraflow';
import { baseName } from '../paths';
import { applyEdits } from './texts';

/** Something that is otherwise in the pipeline, or not at all. */
export interface IElyraNote {
  readonly kind:
    | 'component'
    | 'no-file'
    | 'variables'
    | 'image'
    | 'resources'
    | 'volumes'
    | 'secrets'
    | 'other'
    | 'parameter'
    | 'comments'
    | 'description'
    | 'old-paths';
  /** Names, an image, a number, a text. */
  readonly detail: string;
  /** Titles of the steps concerned; none: it is about the pipeline. */
  readonly steps: readonly string[];
}

export interface IElyraImport {
  readonly text: string;
  readonly steps: number;
  readonly notes: readonly IElyraNote[];
}

/** Nodes that execute a file. */
const FILE_OP = /^execute-(notebook|python|r)-node$/;
const UUID =
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const RESOURCES = ['cpu', 'gpu', 'memory', 'cpu_limit', 'memory_limit'];
/** Settings that are the same here, since all files of the project are there; or empty words. */
const NEEDLESS = new Set([
  'filename',
  'label',
  'component_parameters',
  'component_source',
  'component_description',
  'ui_data',
  'dependencies',
  'include_subdirectories',
  'outputs',
  'invalidNodeError',
  'env_vars',
  'pipeline_parameters',
  'runtime_image',
  'mounted_volumes',
  'kubernetes_secrets',
  ...RESOURCES
]);

/**
 * Convert a file.
 *
 * @param name - What to call the pipeline if it has no name of its own.
 * @param newId - Gives a new UUID each time.
 * @returns null: it is no pipeline of Elyra.
 * @throws SyntaxError: it is not JSON.
 */
export function importElyra(
  text: string,
  name: string,
  newId: () => string
): IElyraImport | null {
  const flow = readFlow(text);
  if (flow === null) {
    return null;
  }
  const notes = new Notes();
  const ids = new Map<string, string>();
  for (const [key, node] of flow.nodes) {
    if (fileOf(node) !== '') {
      const isFree = UUID.test(node.id) && ![...ids.values()].includes(node.id);
      ids.set(key, isFree ? node.id : newId());
    } else if (node.type === 'execution_node') {
      const kind = FILE_OP.test(node.op) ? 'no-file' : 'component';
      notes.add(kind, node.label || node.op, null);
    }
  }
  const steps: INewStep[] = [];
  for (const [key, step] of ids) {
    const node = flow.nodes.get(key) as IFlowNode;
    const file = fileOf(node);
    const title =
      node.label === '' || node.label === baseName(file)
        ? titleOf(file)
        : node.label;
    steps.push({
      step,
      title,
      file,
      kernel: kernelFor(file),
      position: node.position ?? undefined,
      incoming: stepsBefore(key, flow.nodes, ids),
      parameters: json(noted(node.settings, title, notes))
    });
  }
  const shared = {
    ...parametersIn(flow.parameters, notes),
    ...noted(flow.defaults, null, notes)
  };
  if (flow.comments > 0) {
    notes.add('comments', String(flow.comments), null);
  }
  if (flow.description !== '') {
    notes.add('description', flow.description, null);
  }
  if (flow.version < 2 && steps.length > 0) {
    notes.add('old-paths', '', null);
  }
  let result = newPipeline(flow.name || name, newId());
  result = applyEdits(result, addSteps(result, steps));
  result = applyEdits(result, setPipelineParameters(result, json(shared)));
  return { text: result, steps: steps.length, notes: notes.all };
}

function fileOf({ op, settings }: IFlowNode): string {
  return FILE_OP.test(op) ? string(settings.filename) : '';
}

/** The steps that a node waits for, also through nodes that are left out. */
function stepsBefore(
  start: string,
  nodes: ReadonlyMap<string, IFlowNode>,
  ids: ReadonlyMap<string, string>
): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const open = [...(nodes.get(start)?.before ?? [])];
  for (let key = open.shift(); key !== undefined; key = open.shift()) {
    const step = ids.get(key);
    if (step !== undefined) {
      found.add(step);
    } else if (!seen.has(key)) {
      seen.add(key);
      open.unshift(...(nodes.get(key)?.before ?? []));
    }
  }
  return [...found];
}

/** The variables among settings, which become parameters; what else they say is noted. */
function noted(
  settings: Fields,
  title: string | null,
  notes: Notes
): Record<string, string> {
  const variables = variablesIn(settings.env_vars);
  const names = Object.keys(variables);
  if (names.length > 0) {
    notes.add('variables', names.join(', '), title);
  }
  if (string(settings.runtime_image) !== '') {
    notes.add('image', string(settings.runtime_image), title);
  }
  const wanted = RESOURCES.filter(key => !isNothing(settings[key]));
  if (wanted.length > 0) {
    const told = wanted.map(key => `${key} ${String(settings[key])}`);
    notes.add('resources', told.join(', '), title);
  }
  const volumes = list(settings.mounted_volumes).map(volume =>
    typeof volume === 'string'
      ? volume.split('=')[0]
      : string(fields(volume).path)
  );
  if (volumes.length > 0) {
    notes.add('volumes', volumes.join(', '), title);
  }
  const secrets = list(settings.kubernetes_secrets).map(secret =>
    typeof secret === 'string'
      ? secret.split('=')[0]
      : string(fields(secret).env_var)
  );
  if (secrets.length > 0) {
    notes.add('secrets', secrets.join(', '), title);
  }
  for (const [key, value] of Object.entries(settings)) {
    if (!NEEDLESS.has(key) && !isNothing(value)) {
      notes.add('other', key, title);
    }
  }
  return variables;
}

/** Variables as old files write them, `NAME=value`, and as new ones do. */
function variablesIn(value: unknown): Record<string, string> {
  return Object.fromEntries(
    list(value).flatMap((one): [string, string][] => {
      if (typeof one === 'string') {
        const at = one.indexOf('=');
        const name = (at < 0 ? one : one.slice(0, at)).trim();
        return name === ''
          ? []
          : [[name, at < 0 ? '' : one.slice(at + 1).trim()]];
      }
      const { env_var: name, value: text } = fields(one);
      return string(name) === '' ? [] : [[string(name), string(text)]];
    })
  );
}

/** Parameters of the pipeline with their defaults; null for those that have none. */
function parametersIn(
  all: readonly Fields[],
  notes: Notes
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { name, default_value: standard } of all) {
    if (string(name) !== '') {
      found[string(name)] = fields(standard).value ?? null;
      notes.add('parameter', string(name), null);
    }
  }
  return found;
}

function isNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    value === false ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

function json(values: Fields): string {
  return JSON.stringify(values, null, 4);
}

/** Notes of the same kind and detail are one, about several steps. */
class Notes {
  add(kind: IElyraNote['kind'], detail: string, step: string | null): void {
    const key = JSON.stringify([kind, detail, step === null]);
    const { steps } = this._notes.get(key) ?? { steps: [] };
    this._notes.set(key, {
      kind,
      detail,
      steps: step === null ? [] : [...steps, step]
    });
  }

  get all(): IElyraNote[] {
    return [...this._notes.values()];
  }

  private readonly _notes = new Map<string, IElyraNote>();
}
