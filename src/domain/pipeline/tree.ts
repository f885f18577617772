/** JSON with the places of its parts, as strict as what reads it when a job is made. */

import {
  Node,
  ParseError,
  ParseErrorCode,
  parseTree,
  printParseErrorCode
} from 'jsonc-parser';

import { applyEdits, ITextEdit, ITextPlace, placeAt } from './texts';

/** How many objects and lists may stand inside one another. */
const MAX_DEPTH = 64;

/** Why a text can't be read, for whoever has to mend it. */
export interface IJsonProblem extends ITextPlace {
  readonly kind: 'empty' | 'json' | 'key-twice' | 'deep' | 'number' | 'half';
  /** The key, the number, or what the parser expected. */
  readonly detail: string;
}

export type Parsed =
  | { readonly root: Node; readonly problem: null }
  | { readonly root: null; readonly problem: IJsonProblem };

const STRICT = {
  disallowComments: true,
  allowTrailingComma: false,
  allowEmptyContent: false
};

/** The tree of a text, with offsets that count a byte order mark. */
export function parseText(text: string): Parsed {
  const bare = withoutMark(text);
  if (bare.trim() === '') {
    return refused(text, 'empty', '', 0);
  }
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(bare, errors, STRICT);
    JSON.parse(bare);
  } catch (reason) {
    if (reason instanceof RangeError) {
      return refused(text, 'deep', String(MAX_DEPTH), 0);
    }
    const { error, offset } = errors[0] ?? { error: 0, offset: 0 };
    return refused(text, 'json', printParseErrorCode(error), offset);
  }
  return root === undefined
    ? refused(text, 'empty', '', 0)
    : (lossIn(text, root, 1) ?? { root, problem: null });
}

/** The first thing that would be lost or refused although it is JSON. */
function lossIn(text: string, node: Node, depth: number): Parsed | null {
  const { type, offset, length, children = [] } = node;
  if (type === 'object' || type === 'array') {
    if (depth > MAX_DEPTH) {
      return refused(text, 'deep', String(MAX_DEPTH), offset);
    }
    const keys = new Set<string>();
    for (const child of children) {
      if (child.type === 'property') {
        const key = keyOf(child);
        if (keys.has(key)) {
          return refused(text, 'key-twice', key, child.offset);
        }
        keys.add(key);
        const [name, value] = child.children as [Node, Node];
        const loss =
          lossIn(text, name, depth) ?? lossIn(text, value, depth + 1);
        if (loss !== null) {
          return loss;
        }
      } else {
        const loss = lossIn(text, child, depth + 1);
        if (loss !== null) {
          return loss;
        }
      }
    }
  } else if (type === 'number' && !Number.isFinite(node.value)) {
    return refused(text, 'number', text.substr(offset, length), offset);
  } else if (type === 'string' && /\p{Surrogate}/u.test(node.value as string)) {
    return refused(text, 'half', '', offset);
  }
  return null;
}

/**
 * Edits that make JSON of what two people's edits at the same place have left: a comma too few
 * or too many. Null if it is broken in another way, or not at all.
 */
export function mended(text: string): ITextEdit[] | null {
  const errors: ParseError[] = [];
  const bare = withoutMark(text);
  parseTree(bare, errors, STRICT);
  const edits = new Map<number, ITextEdit>();
  for (const { error, offset } of errors) {
    const end = bare.slice(0, offset).trimEnd().length;
    if (error === ParseErrorCode.CommaExpected) {
      edits.set(end, { offset: end, length: 0, text: ',' });
    } else if (bare[end - 1] === ',') {
      edits.set(end - 1, { offset: end - 1, length: 1, text: '' });
    } else {
      return null;
    }
  }
  const found = [...edits.values()];
  return found.length > 0 && parseText(applyEdits(text, found)).root !== null
    ? found
    : null;
}

/** The value of a member; undefined if the node is no object or has no such member. */
export function memberOf(
  node: Node | undefined,
  key: string
): Node | undefined {
  return membersOf(node).find(member => keyOf(member) === key)?.children?.[1];
}

/** The members of an object, in their order; none if it isn't one. */
export function membersOf(node: Node | undefined): Node[] {
  return node?.type === 'object' ? (node.children ?? []) : [];
}

export function itemsOf(node: Node | undefined): Node[] {
  return node?.type === 'array' ? (node.children ?? []) : [];
}

export function keyOf(member: Node): string {
  return String(member.children?.[0].value);
}

/** A scalar as text; nothing for what counts as nothing. */
export function textOf(node: Node | undefined): string {
  const value: unknown = node?.value;
  return value === undefined || value === null || value === false || value === 0
    ? ''
    : String(value);
}

/** A text in which a byte order mark is a blank, so that places stay. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
}

function refused(
  text: string,
  kind: IJsonProblem['kind'],
  detail: string,
  offset: number
): Parsed {
  return { root: null, problem: { kind, detail, ...placeAt(text, offset) } };
}
