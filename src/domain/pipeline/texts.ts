/** Edits of a text, as small as they can be: what they don't touch stays as it is, byte for byte. */

/** Replace `length` characters from `offset` on by `text`. */
export interface ITextEdit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** The text after edits that don't overlap; all offsets are of the text before. */
export function applyEdits(text: string, edits: readonly ITextEdit[]): string {
  return inOrder(edits).reduceRight(
    (result, edit) =>
      result.slice(0, edit.offset) +
      edit.text +
      result.slice(edit.offset + edit.length),
    text
  );
}

/** The same edits by their place in the text, without those that change nothing. */
export function inOrder(edits: readonly ITextEdit[]): ITextEdit[] {
  return edits
    .filter(({ length, text }) => length > 0 || text !== '')
    .sort((a, b) => a.offset - b.offset || a.length - b.length);
}

/** Replace a part of a text, leaving out what the old and the new text begin and end with. */
export function replace(
  text: string,
  from: number,
  to: number,
  by: string
): ITextEdit {
  let start = 0;
  const most = Math.min(to - from, by.length);
  while (start < most && text[from + start] === by[start]) {
    start += 1;
  }
  let end = 0;
  while (end < most - start && text[to - 1 - end] === by[by.length - 1 - end]) {
    end += 1;
  }
  // Half of a character can't be exchanged by those who edit together.
  if (start > 0 && isHighHalf(by.charCodeAt(start - 1))) {
    start -= 1;
  }
  if (end > 0 && isLowHalf(by.charCodeAt(by.length - end))) {
    end -= 1;
  }
  return {
    offset: from + start,
    length: to - end - from - start,
    text: by.slice(start, by.length - end)
  };
}

/** A text with every line but the first moved right. */
export function indented(text: string, indent: string, eol: string): string {
  return text
    .split(/\r\n|\n|\r/)
    .map((line, index) => (index === 0 || line === '' ? line : indent + line))
    .join(eol);
}

/** The reverse: every line but the first moved left as far as it is indented that much. */
export function dedented(text: string, indent: string): string {
  return text
    .split(/\r\n|\n|\r/)
    .map((line, index) =>
      index > 0 && line.startsWith(indent) ? line.slice(indent.length) : line
    )
    .join('\n');
}

/** The blanks that the line of a place begins with. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/** Where something is in a text, as editors tell it. */
export interface ITextPlace {
  /** From 1. */
  readonly line: number;
  /** In that line, from 1. */
  readonly column: number;
}

export function placeAt(text: string, offset: number): ITextPlace {
  const column = offset - text.slice(0, offset).lastIndexOf('\n');
  return { line: lineAt(text, offset), column };
}

/** The line that a place is on, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (
    let at = text.indexOf('\n');
    at >= 0 && at < offset;
    at = text.indexOf('\n', at + 1)
  ) {
    line += 1;
  }
  return line;
}

function isHighHalf(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function isLowHalf(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}
