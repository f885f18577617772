/**
 * Regular expressions of schemas. They may come from anybody: the browser's own engine would need
 * ages for some, and JupyterLab with it; this one needs no longer than pattern and text are long.
 */

import { RE2JS } from 're2js';

/** Size of a pattern × length of a text: a text is looked at with each key that is pressed. */
const MOST = 1_000_000;

interface IPattern {
  /** @throws Error: the text is too long for this pattern. */
  test(text: string): boolean;
  /** The validator takes two patterns for the same if these are. */
  toString(): string;
}

/**
 * A pattern for the validator of schemas.
 *
 * @throws Error: no pattern, or one that looks around or back, which takes ages.
 */
export function patternOf(source: string): IPattern {
  const pattern = compiled(source);
  const longest = Math.floor(MOST / pattern.programSize());
  return {
    test: text => {
      if (text.length > longest) {
        throw new Error(`${source} is tried on at most ${longest} characters`);
      }
      return pattern.test(text);
    },
    toString: () => source
  };
}

function compiled(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source));
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    throw new Error(`pattern ${source}: ${why}`);
  }
}

/** Where the validator would name the engine if it wrote code for later. */
patternOf.code = 'patternOf';
