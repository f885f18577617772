/**
 * Edits of a pipeline file. Each takes the text of the file and returns what to replace in it, at
 * places of that text: none if there is nothing to do, as when the step is gone. Everything else
 * stays as it is written. They throw `Unreadable` if the text is not one that `readPipeline` reads.
 */

import { Node } from 'jsonc-parser';

import { IPoint } from '../graph';
import { Changes, Unreadable, Value, Written } from './changes';
import { wouldCycle } from './cycles';
import { idOf, IKernel, parametersOf, readPipeline } from './read';
import { applyEdits, ITextEdit } from './texts';
import { itemsOf, keyOf, memberOf, membersOf } from './tree';

export interface INewStep {
  /** A UUID that no step has. */
  readonly step: string;
  readonly title: string;
  readonly file: string;
  readonly kernel: IKernel;
  /** Without it, the file doesn't say where it is drawn. */
  readonly position?: IPoint;
  readonly incoming?: readonly string[];
  /** A JSON object as it is written; `{}` without it. */
  readonly parameters?: string;
  /** The kernel that was chosen for it; without it, or empty, its file decides. */
  readonly kernelspec?: string;
}

export function addSteps(
  text: string,
  steps: readonly INewStep[]
): ITextEdit[] {
  const changes = new Changes(text);
  const list = stepsIn(changes);
  changes.insert(
    list,
    steps.map(step => changes.memberText(list, step.step, documentOf(step)))
  );
  return changes.edits;
}

/** Remove steps, and them from what waits for them. */
export function removeSteps(
  text: string,
  steps: readonly string[]
): ITextEdit[] {
  const changes = new Changes(text);
  const list = stepsIn(changes);
  const isGone = (member: Node) => steps.includes(keyOf(member));
  changes.remove(list, isGone);
  for (const member of membersOf(list)) {
    const incoming = memberOf(member.children?.[1], 'incoming_connections');
    if (!isGone(member) && incoming !== undefined) {
      changes.remove(incoming, item => steps.includes(idOf(item)));
    }
  }
  return changes.edits;
}

/** Put steps at places, in whole units. */
export function moveSteps(
  text: string,
  places: ReadonlyMap<string, IPoint>
): ITextEdit[] {
  return ofSteps(text, [...places.keys()], (changes, node, step) => {
    const { x, y } = rounded(places.get(step) as IPoint);
    changes.setAt(node, ['meta_data', 'position'], [x, y]);
  });
}

/** A place in whole units, as it is written. */
export function rounded({ x, y }: IPoint): IPoint {
  // Not -0, which JSON has no word for.
  return { x: Math.round(x) + 0, y: Math.round(y) + 0 };
}

export function setTitle(
  text: string,
  step: string,
  title: string
): ITextEdit[] {
  return setInStep(text, step, { title });
}

/** Choose the step's notebook or script, by its path from the folder of the pipeline file. */
export function setFile(text: string, step: string, file: string): ITextEdit[] {
  return setInStep(text, step, { file_path: file });
}

/**
 * Let a step wait for another, after all it waits for already.
 *
 * @throws RangeError: that would close a circle.
 */
export function connect(text: string, from: string, to: string): ITextEdit[] {
  const { pipeline } = readPipeline(text);
  if (pipeline === null) {
    throw new Unreadable();
  }
  const target = pipeline.steps.find(({ step }) => step === to);
  const isKnown = pipeline.steps.some(({ step }) => step === from);
  if (!isKnown || target === undefined || target.incoming.includes(from)) {
    return [];
  }
  if (wouldCycle(pipeline.steps, from, to)) {
    throw new RangeError(`${from} waits for ${to} already.`);
  }
  return ofSteps(text, [to], (changes, node) => {
    const incoming = memberOf(node, 'incoming_connections');
    if (incoming?.type === 'array') {
      changes.insert(incoming, [JSON.stringify(from)]);
    } else {
      changes.setMembers(node, { incoming_connections: [from] });
    }
  });
}

export function disconnect(
  text: string,
  from: string,
  to: string
): ITextEdit[] {
  return ofSteps(text, [to], (changes, node) => {
    const incoming = memberOf(node, 'incoming_connections');
    if (incoming !== undefined) {
      changes.remove(incoming, item => idOf(item) === from);
    }
  });
}

/**
 * Change the order in which a step gets its inputs.
 *
 * @param order - What it waits for, each once; if it is anything else, nothing is done.
 */
export function reorderIncoming(
  text: string,
  step: string,
  order: readonly string[]
): ITextEdit[] {
  return ofSteps(text, [step], (changes, node) => {
    const incoming = memberOf(node, 'incoming_connections');
    const items = itemsOf(incoming);
    const ids = items.map(idOf);
    const firsts = items.filter(
      (item, index) => ids.indexOf(ids[index]) === index
    );
    const isSame = firsts.every(item => order.includes(idOf(item)));
    if (incoming === undefined || !isSame || order.length !== firsts.length) {
      return;
    }
    changes.remove(incoming, item => !firsts.includes(item));
    firsts.forEach((item, index) => {
      if (idOf(item) !== order[index]) {
        changes.write(item, JSON.stringify(order[index]));
      }
    });
  });
}

/**
 * Set the parameters of a step to a JSON object as it is written; none if it is not one.
 *
 * @throws SyntaxError: it is no JSON object.
 */
export function setStepParameters(
  text: string,
  step: string,
  json: string
): ITextEdit[] {
  checkObject(json);
  return ofSteps(text, [step], (changes, node) =>
    setParameters(changes, node, json)
  );
}

/** The same for those of the pipeline. */
export function setPipelineParameters(text: string, json: string): ITextEdit[] {
  checkObject(json);
  const changes = new Changes(text);
  setParameters(changes, changes.root, json);
  return changes.edits;
}

export function setName(text: string, name: string): ITextEdit[] {
  return setInPipeline(text, { name });
}

export function setUuid(text: string, uuid: string): ITextEdit[] {
  return setInPipeline(text, { uuid });
}

/** How many steps of a run may execute at once; null for no limit. */
export function setMaxParallel(
  text: string,
  limit: number | null
): ITextEdit[] {
  const { pipeline } = readPipeline(text);
  if (pipeline?.maxParallel === limit) {
    return [];
  }
  const changes = new Changes(text);
  const path = ['settings', 'max_steps_parallelism'];
  changes.setAt(changes.root, path, limit ?? 0);
  return changes.edits;
}

/**
 * Copy steps, with the connections among them.
 *
 * @param copies - The new step of each, and its title.
 * @param by - How far from the originals they are put.
 */
export function duplicateSteps(
  text: string,
  copies: ReadonlyMap<
    string,
    { readonly step: string; readonly title: string }
  >,
  by: IPoint
): ITextEdit[] {
  const { pipeline } = readPipeline(text);
  const inside = new Changes(text);
  const list = stepsIn(inside);
  const members = membersOf(list).filter(member => copies.has(keyOf(member)));
  for (const member of members) {
    const [key, node] = member.children as [Node, Node];
    const id = keyOf(member);
    const copy = copies.get(id) as { step: string; title: string };
    const position = pipeline?.steps.find(({ step }) => step === id)?.position;
    inside.write(key, JSON.stringify(copy.step));
    inside.setMembers(node, { uuid: copy.step, title: copy.title });
    if (position) {
      const { x, y } = rounded({ x: position.x + by.x, y: position.y + by.y });
      inside.setAt(node, ['meta_data', 'position'], [x, y]);
    }
    const incoming = memberOf(node, 'incoming_connections');
    for (const item of itemsOf(incoming)) {
      const before = copies.get(idOf(item));
      if (before !== undefined) {
        inside.write(item, JSON.stringify(before.step));
      }
    }
    if (incoming !== undefined) {
      inside.remove(incoming, item => !copies.has(idOf(item)));
    }
  }
  const changes = new Changes(text);
  changes.insert(
    stepsIn(changes),
    members.map(member => {
      const edits = inside.edits
        .filter(edit => isIn(edit, member))
        .map(edit => ({ ...edit, offset: edit.offset - member.offset }));
      return applyEdits(text.substr(member.offset, member.length), edits);
    })
  );
  return changes.edits;
}

function isIn({ offset }: ITextEdit, { offset: start, length }: Node): boolean {
  return offset >= start && offset < start + length;
}

function setParameters(changes: Changes, node: Node, json: string): void {
  const old = memberOf(node, 'parameters');
  if (old === undefined || old.type !== 'object') {
    changes.setMembers(node, { parameters: new Written(json) });
  } else if (parametersOf(changes.text, node) !== json) {
    changes.setValue(old, new Written(json));
  }
}

function checkObject(json: string): void {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SyntaxError('Parameters are a JSON object.');
  }
}

function setInPipeline(
  text: string,
  members: Readonly<Record<string, Value>>
): ITextEdit[] {
  const changes = new Changes(text);
  changes.setMembers(changes.root, members);
  return changes.edits;
}

function setInStep(
  text: string,
  step: string,
  members: Readonly<Record<string, Value>>
): ITextEdit[] {
  return ofSteps(text, [step], (changes, node) =>
    changes.setMembers(node, members)
  );
}

function ofSteps(
  text: string,
  steps: readonly string[],
  change: (changes: Changes, node: Node, step: string) => void
): ITextEdit[] {
  const changes = new Changes(text);
  const list = stepsIn(changes);
  for (const step of steps) {
    const node = memberOf(list, step);
    if (node?.type === 'object') {
      change(changes, node, step);
    }
  }
  return changes.edits;
}

function stepsIn({ root }: Changes): Node {
  const list = memberOf(root, 'steps');
  if (list?.type !== 'object') {
    throw new Unreadable();
  }
  return list;
}

/** A step as Orchest writes it. */
function documentOf(step: INewStep): Value {
  const place = step.position && rounded(step.position);
  return {
    environment: '',
    file_path: step.file,
    incoming_connections: [...(step.incoming ?? [])],
    kernel: {
      display_name: step.kernel.displayName,
      name: step.kernel.name
    },
    meta_data: {
      hidden: false,
      ...(place && { position: [place.x, place.y] }),
      ...(step.kernelspec && { kernelspec: step.kernelspec })
    },
    parameters: new Written(step.parameters ?? '{}'),
    title: step.title,
    uuid: step.step
  };
}
