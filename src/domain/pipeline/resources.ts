/** What a step asks of a worker of the cluster: `{"GPU": 1, "memory": "8GB"}`. */

import { Node } from 'jsonc-parser';

import { whyNotJson } from '../jsontexts';
import { IWords } from '../words';
import { Changes, Written } from './changes';
import { ITextEdit } from './texts';
import { keyOf, memberOf, membersOf } from './tree';

/** As the server reads amounts: a number, or bytes with a unit. */
const AMOUNT = /^\d+(\.\d+)?\s*([kKMGTP]i?)?B?$/;

/** The resources of a step on one line, as JSON; empty if it asks for none. */
export function resourcesIn(text: string, step: Node | undefined): string {
  const value = memberOf(step, 'resources');
  return value === undefined || value.type === 'null'
    ? ''
    : value.type === 'object' && membersOf(value).length === 0
      ? ''
      : text.substr(value.offset, value.length).replace(/\s*\n\s*/g, ' ');
}

/** Why a text can't be the resources of a step; empty if it can, or says that there are none. */
export function whyNotResources(text: string, trans: IWords): string {
  if (text === '') {
    return '';
  }
  const why = whyNotJson(text, trans);
  if (why !== null) {
    return why;
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return trans.__(
      'Resources are an object, such as %1.',
      '{"GPU": 1, "memory": "8GB"}'
    );
  }
  const wrong = Object.entries(value).find(([, amount]) => !isAmount(amount));
  return wrong === undefined
    ? ''
    : trans.__(
        '“%1” needs a number above 0, or an amount such as "8GB".',
        wrong[0]
      );
}

/**
 * Set the resources of a step to a JSON object as it is written; empty: it asks for none.
 *
 * @throws Unreadable: the text is not one that `readPipeline` reads.
 */
export function setResources(
  text: string,
  step: string,
  json: string
): ITextEdit[] {
  const changes = new Changes(text);
  const node = memberOf(memberOf(changes.root, 'steps'), step);
  if (node?.type !== 'object' || resourcesIn(text, node) === json) {
    return [];
  }
  const old = memberOf(node, 'resources');
  if (json === '') {
    changes.remove(node, member => keyOf(member) === 'resources');
  } else if (old === undefined) {
    changes.setMembers(node, { resources: new Written(json) });
  } else {
    changes.setValue(old, new Written(json));
  }
  return changes.edits;
}

/** Whether a value says how much of something is wanted. */
export function isAmount(value: unknown): boolean {
  if (typeof value === 'string') {
    return AMOUNT.test(value.trim()) && parseFloat(value) > 0;
  }
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
