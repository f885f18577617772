/** Terminal text: colours of tracebacks, and progress bars that return to the line's start. */

export interface ISpan {
  readonly text: string;
  /** 0 to 15, as terminals number them; null for the default. */
  readonly colour: number | null;
  readonly bold: boolean;
}

/* eslint-disable no-control-regex -- escape sequences are made of control characters */
const SEQUENCE =
  /\x1b(?:\[([0-9;?]*)([ -/]*[@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])/g;
/* eslint-enable no-control-regex */

interface IStyle {
  colour: number | null;
  bold: boolean;
}

/** The codes of one "select graphic rendition" sequence applied to a style. */
function apply(codes: number[], style: IStyle): IStyle {
  const next = { ...style };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code === 0) {
      next.colour = null;
      next.bold = false;
    } else if (code === 1) {
      next.bold = true;
    } else if (code === 22) {
      next.bold = false;
    } else if (code >= 30 && code <= 37) {
      next.colour = code - 30;
    } else if (code >= 90 && code <= 97) {
      next.colour = code - 90 + 8;
    } else if (code === 39) {
      next.colour = null;
    } else if (code === 38 || code === 48) {
      // 256 colours and true colours: only the sixteen that the theme knows are shown.
      if (codes[i + 1] === 5) {
        if (code === 38) {
          next.colour = codes[i + 2] < 16 ? codes[i + 2] : null;
        }
        i += 2;
      } else if (codes[i + 1] === 2) {
        i += 4;
      }
    }
  }
  return next;
}

/** What a terminal would show of lines rewritten with carriage returns. */
export function resolveReturns(text: string): string {
  if (!text.includes('\r')) {
    return text;
  }
  return text
    .replace(/\r+\n/g, '\n')
    .split('\n')
    .map(line => {
      const parts = line.split('\r');
      let last = parts.length - 1;
      while (last > 0 && parts[last] === '') {
        last -= 1;
      }
      return parts[last];
    })
    .join('\n');
}

/** Text with terminal sequences as styled spans; sequences other than colours are dropped. */
export function parseAnsi(text: string): ISpan[] {
  const spans: ISpan[] = [];
  let style: IStyle = { colour: null, bold: false };
  let from = 0;
  const push = (piece: string) => {
    if (piece !== '') {
      spans.push({ text: piece, ...style });
    }
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(text.slice(from, match.index));
    from = (match.index ?? 0) + match[0].length;
    if (match[2] === 'm') {
      style = apply((match[1] || '0').split(';').map(Number), style);
    }
  }
  push(text.slice(from));
  return spans;
}

/** Text without any terminal sequence. */
export function plainText(text: string): string {
  return parseAnsi(text)
    .map(span => span.text)
    .join('');
}
