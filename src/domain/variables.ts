/** Names of environment variables, and lines of `.env` files. */

import { IWords } from './words';

export interface IVariable {
  readonly name: string;
  readonly value: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/;
const SECRET = /TOKEN|PASSW|SECRET|CREDENTIAL|API_?KEY|PRIVATE/i;

/** Why a variable can't be called so; empty if it can. */
export function whyNotName(
  name: string,
  taken: readonly string[],
  trans: IWords
): string {
  if (name === '') {
    return trans.__('A variable needs a name.');
  }
  if (!NAME.test(name)) {
    return trans.__(
      'A name has letters, digits and _ only, and doesn’t begin with a digit.'
    );
  }
  if (name.startsWith('ORCHEST_')) {
    return trans.__('Names with ORCHEST_ are given by the product itself.');
  }
  return taken.includes(name)
    ? trans.__('There is already a variable “%1”.', name)
    : '';
}

/** Whether a name tells that its value should be hidden. */
export function soundsSecret(name: string): boolean {
  return SECRET.test(name);
}

/** The variables of a text with lines of a `.env` file; null if it is none. */
export function parseEnv(text: string): IVariable[] | null {
  const lines = text
    .split(/\r?\n/)
    .filter(line => line.trim() !== '' && !line.trim().startsWith('#'));
  const found = lines.map(line => LINE.exec(line));
  if (found.length === 0 || found.includes(null)) {
    return null;
  }
  return found.map(match => ({
    name: match?.[1] ?? '',
    value: unquoted(match?.[2] ?? '')
  }));
}

/** A value without the quotes around it; in double ones `\n` is the end of a line. */
function unquoted(value: string): string {
  const match = /^(["'])(.*)\1$/.exec(value);
  if (match === null) {
    return value.replace(/\s+#.*$/, '');
  }
  const [, quote, inner] = match;
  return quote === '"'
    ? inner.replace(/\\(n|"|\\)/g, (_, char) => (char === 'n' ? '\n' : char))
    : inner;
}
