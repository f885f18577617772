/** The graph of an Elyra `.pipeline` file: a pipeline flow of version 3, with its sub-flows. */

export type Fields = Readonly<Record<string, unknown>>;

/** A node of the flow or of a sub-flow. */
export interface IFlowNode {
  readonly id: string;
  readonly type: string;
  /** What it executes; for a file, `execute-notebook-node` or the like. */
  readonly op: string;
  /** Its settings, in old files and in new ones. */
  readonly settings: Fields;
  readonly label: string;
  readonly position: { readonly x: number; readonly y: number } | null;
  /** Keys of the nodes that lead to it. */
  readonly before: readonly string[];
}

export interface IFlow {
  readonly name: string;
  readonly description: string;
  /** Of Elyra's own data in the file. */
  readonly version: number;
  readonly defaults: Fields;
  readonly parameters: readonly Fields[];
  readonly comments: number;
  /** By keys that are unique among all sub-flows. */
  readonly nodes: ReadonlyMap<string, IFlowNode>;
}

/** Read a file; null if it is JSON but no flow. */
export function readFlow(text: string): IFlow | null {
  const root = fields(JSON.parse(text.replace(/^\uFEFF/, '')));
  const flows = new Map(
    list(root.pipelines).map(flow => [String(fields(flow).id), fields(flow)])
  );
  const primary = String(root.primary_pipeline ?? '');
  const top = flows.get(primary) ?? [...flows.values()][0];
  if (top === undefined || !Array.isArray(top.nodes)) {
    return null;
  }
  const reached = reach(top, flows);
  const data = fields(top.app_data);
  const properties = fields(data.properties);
  return {
    name: string(properties.name ?? data.name),
    description: string(properties.description),
    version: Number(data.version ?? 0),
    defaults: fields(properties.pipeline_defaults),
    parameters: list(properties.pipeline_parameters).map(fields),
    comments: reached.reduce(
      (sum, { flow }) =>
        sum + list(fields(fields(flow.app_data).ui_data).comments).length,
      0
    ),
    nodes: nodesOf(reached)
  };
}

interface IReached {
  readonly flow: Fields;
  readonly at: { readonly x: number; readonly y: number };
}

/** The flow and all that it has inside, each once, with where it is drawn. */
function reach(top: Fields, flows: ReadonlyMap<string, Fields>): IReached[] {
  const found: IReached[] = [{ flow: top, at: { x: 0, y: 0 } }];
  for (const { flow, at } of found) {
    for (const node of list(flow.nodes).map(fields)) {
      const inner = flows.get(string(fields(node.subflow_ref).pipeline_id_ref));
      if (inner && !found.some(other => other.flow === inner)) {
        const { x, y } = positionOf(node) ?? { x: 0, y: 0 };
        found.push({ flow: inner, at: { x: at.x + x, y: at.y + y } });
      }
    }
  }
  return found;
}

function nodesOf(reached: readonly IReached[]): Map<string, IFlowNode> {
  const nodes = new Map<string, IFlowNode>();
  const extra = new Map<string, string[]>();
  for (const { flow, at } of reached) {
    const own = list(flow.nodes).map(fields);
    const byId = new Map(own.map(node => [string(node.id), node]));
    for (const node of own) {
      const inside = string(fields(node.subflow_ref).pipeline_id_ref);
      const before: string[] = [];
      for (const input of list(node.inputs).map(fields)) {
        const sources = list(input.links).map(link =>
          sourceOf(string(flow.id), fields(link), byId)
        );
        before.push(...sources);
        if (input.subflow_node_ref !== undefined) {
          // What leads to a super node's port leads to a node inside.
          const entry = keyOf(inside, string(input.subflow_node_ref));
          extra.set(entry, [...(extra.get(entry) ?? []), ...sources]);
        }
      }
      const place = positionOf(node);
      const data = fields(node.app_data);
      nodes.set(keyOf(string(flow.id), string(node.id)), {
        id: string(node.id),
        type: string(node.type),
        op: string(node.op),
        settings: { ...data, ...fields(data.component_parameters) },
        label: string(data.label) || string(fields(data.ui_data).label),
        position: place && { x: at.x + place.x, y: at.y + place.y },
        before
      });
    }
  }
  return new Map(
    [...nodes].map(([key, node]) => [
      key,
      { ...node, before: [...node.before, ...(extra.get(key) ?? [])] }
    ])
  );
}

/** The node that a link comes from: of a super node, the one inside that its port stands for. */
function sourceOf(
  flow: string,
  link: Fields,
  nodes: ReadonlyMap<string, Fields>
): string {
  const id = string(link.node_id_ref);
  const node = nodes.get(id) ?? {};
  const port = list(node.outputs)
    .map(fields)
    .find(output => output.id === link.port_id_ref);
  return port?.subflow_node_ref === undefined
    ? keyOf(flow, id)
    : keyOf(
        string(fields(node.subflow_ref).pipeline_id_ref),
        string(port.subflow_node_ref)
      );
}

function positionOf(node: Fields): { x: number; y: number } | null {
  const { x_pos: x, y_pos: y } = fields(fields(node.app_data).ui_data);
  return typeof x === 'number' && typeof y === 'number' ? { x, y } : null;
}

function keyOf(flow: string, node: string): string {
  return `${flow}\n${node}`;
}

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
