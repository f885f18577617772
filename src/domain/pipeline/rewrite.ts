/** A JSON text that gets another meaning, and keeps how the rest of it is written. */

import { Node } from 'jsonc-parser';

import { Changes, Value, Written } from './changes';
import { applyEdits, dedented, indentAt, indented } from './texts';
import { itemsOf, keyOf, memberOf, membersOf } from './tree';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The text of an object after some of its values were changed. Numbers, order and formatting of
 * what is the same stay; members that are not there any more, or undefined, are removed.
 *
 * @throws Unreadable: the text is not JSON.
 */
export function rewritten(text: string, value: Fields): string {
  const changes = new Changes(text);
  const wanted: unknown = JSON.parse(JSON.stringify(value));
  change(changes, changes.root, wanted, JSON.parse(text));
  return applyEdits(text, changes.edits);
}

function change(
  changes: Changes,
  node: Node,
  value: unknown,
  former: unknown
): void {
  if (isSame(value, former)) {
    return;
  }
  if (isFields(value) && isFields(former)) {
    changeMembers(changes, node, value, former);
  } else if (Array.isArray(value) && Array.isArray(former)) {
    changeItems(changes, node, value, former);
  } else {
    changes.setValue(node, value as Value);
  }
}

function changeMembers(
  changes: Changes,
  node: Node,
  value: Fields,
  former: Fields
): void {
  const stays = (member: Node) => Object.hasOwn(value, keyOf(member));
  if (!membersOf(node).some(stays)) {
    changes.setValue(node, value as Value); // nothing of it is left
    return;
  }
  changes.remove(node, member => !stays(member));
  const added: [string, Value][] = [];
  for (const [key, item] of Object.entries(value)) {
    const member = memberOf(node, key);
    if (member === undefined) {
      added.push([key, item as Value]);
    } else {
      change(changes, member, item, former[key]);
    }
  }
  changes.setMembers(node, Object.fromEntries(added));
}

/** Items at the beginning and the end that are the same stay as they are written. */
function changeItems(
  changes: Changes,
  node: Node,
  value: readonly unknown[],
  former: readonly unknown[]
): void {
  const items = itemsOf(node);
  if (value.length === former.length) {
    items.forEach((item, index) =>
      change(changes, item, value[index], former[index])
    );
    return;
  }
  const { text, unit } = changes;
  const most = Math.min(value.length, former.length);
  let start = 0;
  while (start < most && isSame(value[start], former[start])) {
    start += 1;
  }
  let end = 0;
  while (
    end < most - start &&
    isSame(value[value.length - 1 - end], former[former.length - 1 - end])
  ) {
    end += 1;
  }
  const written = ({ offset, length }: Node) =>
    dedented(text.slice(offset, offset + length), indentAt(text, offset));
  const parts = [
    ...items.slice(0, start).map(written),
    ...value
      .slice(start, value.length - end)
      .map(item => JSON.stringify(item, null, unit)),
    ...items.slice(items.length - end).map(written)
  ];
  const isLong = /[\r\n]/.test(
    text.slice(node.offset, node.offset + node.length)
  );
  const lines = parts.map(part => `\n${unit}${indented(part, unit, '\n')}`);
  const list = isLong ? `[${lines.join(',')}\n]` : `[${parts.join(', ')}]`;
  changes.setValue(node, new Written(parts.length === 0 ? '[]' : list));
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
