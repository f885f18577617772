/** Changes of a JSON text that follow the formatting around them. */

import { Node } from 'jsonc-parser';

import { indentAt, ITextEdit, indented, inOrder, replace } from './texts';
import { itemsOf, memberOf, membersOf, parseText } from './tree';

/** A JSON text that goes in as it is written, moved right to where it stands. */
export class Written {
  constructor(readonly text: string) {}
}

export type Value =
  | string
  | number
  | boolean
  | null
  | Written
  | readonly Value[]
  | { readonly [key: string]: Value };

export class Unreadable extends Error {
  constructor() {
    super('The file can’t be edited before it can be read.');
  }
}

/** How a text is formatted, told from its first member. */
interface IStyle {
  readonly eol: string;
  /** What one level is moved right by; null if all is on one line. */
  readonly unit: string | null;
  readonly colon: string;
  readonly comma: string;
}

/** Collects changes of one text; all places are of the text as it was. */
export class Changes {
  /** @throws Unreadable: the text is not JSON as the reader takes it. */
  constructor(readonly text: string) {
    const { root } = parseText(text);
    if (root === null) {
      throw new Unreadable();
    }
    this.root = root;
    this._style = styleOf(text, root);
  }

  readonly root: Node;

  /** What one level is moved right by; empty if all is on one line. */
  get unit(): string {
    return this._style.unit ?? '';
  }

  /** The changes, in the order of the text. */
  get edits(): ITextEdit[] {
    return inOrder(this._edits);
  }

  /** Set members of an object; what they already are is left as it is written. */
  setMembers(object: Node, members: Readonly<Record<string, Value>>): void {
    const added: [string, Value][] = [];
    for (const [key, value] of Object.entries(members)) {
      const node = memberOf(object, key);
      if (node === undefined) {
        added.push([key, value]);
      } else {
        this.setValue(node, value);
      }
    }
    this.insert(
      object,
      added.map(([key, value]) => this.memberText(object, key, value))
    );
  }

  /** Set a member at the end of a path of objects, and make those that are missing. */
  setAt(object: Node, path: readonly string[], value: Value): void {
    const [key, ...rest] = path;
    const node = memberOf(object, key);
    if (rest.length > 0 && node?.type === 'object') {
      this.setAt(node, rest, value);
    } else {
      const inner = rest.reduceRight<Value>(
        (inside, name) => ({ [name]: inside }),
        value
      );
      this.setMembers(object, { [key]: inner });
    }
  }

  setValue(node: Node, value: Value): void {
    const items = itemsOf(node);
    if (
      node.type === 'array' &&
      Array.isArray(value) &&
      items.length === value.length
    ) {
      items.forEach((item, index) =>
        this.setValue(item, value[index] as Value)
      );
    } else if (!isScalar(value) || node.value !== value) {
      const base = indentAt(this.text, node.offset);
      this.write(node, this._written(value, base, this._style.unit !== null));
    }
  }

  /** Replace a value by a JSON text. */
  write({ offset, length }: Node, by: string): void {
    this._edits.push(replace(this.text, offset, offset + length, by));
  }

  /** A new member as it would stand in an object, written like its neighbours. */
  memberText(object: Node, key: string, value: Value): string {
    const last = membersOf(object).at(-1);
    const isLong =
      last === undefined
        ? this._style.unit !== null
        : /[\r\n]/.test(this._blanksBefore(last.offset)) &&
          !(isContainer(value) && this._isShort(last.children?.[1]));
    const base = this._indentIn(object);
    return `${JSON.stringify(key)}${this._style.colon}${this._written(value, base, isLong)}`;
  }

  /** Add members or items, as texts, at the end of an object or list. */
  insert(container: Node, texts: readonly string[]): void {
    if (texts.length === 0) {
      return;
    }
    const { offset, length, children = [] } = container;
    const { eol, unit, comma } = this._style;
    const last = children.at(-1);
    if (last !== undefined) {
      const blanks = this._blanksBefore(last.offset);
      const gap = children.length === 1 && blanks === '' ? comma : blanks;
      const end = last.offset + last.length;
      const text = texts.map(text => `,${gap}${text}`).join('');
      this._edits.push({ offset: end, length: 0, text });
      return;
    }
    const outer = indentAt(this.text, offset);
    const inside =
      unit === null
        ? texts.join(`,${comma}`)
        : `${texts.map(text => eol + outer + unit + text).join(',')}${eol}${outer}`;
    this._edits.push({ offset: offset + 1, length: length - 2, text: inside });
  }

  /** Take members or items out of an object or list, with their commas and lines. */
  remove(container: Node, isRemoved: (child: Node) => boolean): void {
    const { offset, length, children = [] } = container;
    const kept = children.filter(child => !isRemoved(child));
    if (kept.length === children.length) {
      return;
    }
    if (kept.length === 0) {
      this._cut(offset + 1, offset + length - 1);
      return;
    }
    // A child goes up to the next one that stays; those after the last that stays, with its comma.
    const lastKept = kept[kept.length - 1];
    const end = lastKept.offset + lastKept.length;
    let from: number | null = null;
    for (const child of children) {
      if (isRemoved(child)) {
        from ??= child.offset;
      } else if (from !== null) {
        this._cut(from, child.offset);
        from = null;
      }
    }
    if (from !== null) {
      const last = children[children.length - 1];
      this._cut(end, last.offset + last.length);
    }
  }

  /** A text of a JSON value as it stands at an indentation. */
  private _written(value: Value, base: string, isLong: boolean): string {
    const { eol, unit, colon, comma } = this._style;
    if (value instanceof Written) {
      return indented(value.text.trim(), base, eol);
    }
    if (!isContainer(value)) {
      return JSON.stringify(value);
    }
    const inner = base + (unit ?? '');
    const parts = Array.isArray(value)
      ? value.map((item: Value) => this._written(item, inner, isLong))
      : Object.entries(value as Record<string, Value>).map(
          ([key, item]) =>
            JSON.stringify(key) + colon + this._written(item, inner, isLong)
        );
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    return !isLong || unit === null || parts.length === 0
      ? `${open}${parts.join(`,${comma}`)}${close}`
      : `${open}${parts.map(part => eol + inner + part).join(',')}${eol}${base}${close}`;
  }

  /** How far right the members of a container stand, or would. */
  private _indentIn(container: Node): string {
    const last = container.children?.at(-1);
    return last !== undefined
      ? indentAt(this.text, last.offset)
      : indentAt(this.text, container.offset) + (this._style.unit ?? '');
  }

  /** Whether an object or list has members, all on one line. */
  private _isShort(node: Node | undefined): boolean {
    return (
      node !== undefined &&
      (node.children ?? []).length > 0 &&
      !/[\r\n]/.test(this.text.substr(node.offset, node.length))
    );
  }

  private _blanksBefore(offset: number): string {
    return /[ \t\r\n]*$/.exec(this.text.slice(0, offset))?.[0] ?? '';
  }

  private _cut(from: number, to: number): void {
    this._edits.push({ offset: from, length: to - from, text: '' });
  }

  private readonly _edits: ITextEdit[] = [];
  private readonly _style: IStyle;
}

function styleOf(text: string, root: Node): IStyle {
  const [first] = membersOf(root);
  const eol = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  if (first === undefined) {
    return { eol, unit: '    ', colon: ': ', comma: ' ' };
  }
  const [key, value] = first.children as [Node, Node];
  const colon = text.slice(key.offset + key.length, value.offset);
  const isLong = /[\r\n]/.test(text.slice(root.offset, first.offset));
  return {
    eol,
    unit: isLong ? indentAt(text, first.offset) : null,
    colon: /[\r\n]/.test(colon) ? ': ' : colon,
    comma: isLong ? ' ' : (blanksAfterComma(text, root) ?? '')
  };
}

/** The blanks after the first comma between members or items; null if there is none. */
function blanksAfterComma(text: string, node: Node): string | null {
  const { type, children = [] } = node;
  const [first, second] = type === 'property' ? [] : children;
  if (second !== undefined) {
    const between = text.slice(first.offset + first.length, second.offset);
    return between.replace(/^[^,]*,|[\r\n]/g, '');
  }
  for (const child of children) {
    const found = blanksAfterComma(text, child);
    if (found !== null) {
      return found;
    }
  }
  return null;
}

function isContainer(value: Value): boolean {
  return (
    typeof value === 'object' && value !== null && !(value instanceof Written)
  );
}

function isScalar(value: Value): boolean {
  return typeof value !== 'object' || value === null;
}
