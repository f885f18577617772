/** What can be wrong with a pipeline file, and in which words. */

import { IWords } from '../words';
import { ITextPlace } from './texts';
import { IJsonProblem } from './tree';

export interface IPipelineProblem extends ITextPlace {
  readonly kind:
    | IJsonProblem['kind']
    | 'no-pipeline'
    | 'no-object'
    | 'no-list'
    | 'uuid'
    | 'no-step'
    | 'step-id'
    | 'no-file'
    | 'file-nul'
    | 'no-amount'
    | 'dangling'
    | 'cycle'
    | 'title-twice'
    | 'no-steps';
  /** What it is about: a key, an id, a name; a circle as its steps. */
  readonly detail: string;
  /** The step concerned; null if it is the file. */
  readonly step: string | null;
}

/** Whether no job can be made of the file before this is mended. */
export function isError({ kind }: IPipelineProblem): boolean {
  return kind !== 'title-twice' && kind !== 'no-steps';
}

/** A problem in a sentence, without the step and the place. */
export function tellProblem(
  { kind, detail }: IPipelineProblem,
  trans: IWords
): string {
  switch (kind) {
    case 'empty':
      return trans.__('The file is empty.');
    case 'json':
      return trans.__('This is not JSON: %1.', jsonWords(detail, trans));
    case 'key-twice':
      return trans.__('The key “%1” is in one object twice.', detail);
    case 'deep':
      return trans.__('This is nested deeper than %1 levels.', detail);
    case 'number':
      return trans.__('The number %1 is too large.', detail);
    case 'half':
      return trans.__('A text has half of a character (a lone surrogate).');
    case 'no-pipeline':
      return trans.__(
        'This is not a pipeline: it needs a JSON object with the object “steps”.'
      );
    case 'no-object':
      return trans.__('“%1” must be a JSON object.', detail);
    case 'no-list':
      return trans.__('“%1” must be a list.', detail);
    case 'uuid':
      return trans.__('The pipeline’s “uuid” is not a UUID: “%1”.', detail);
    case 'no-step':
      return trans.__('The step “%1” must be a JSON object.', detail);
    case 'step-id':
      return trans.__('The step’s key is not a UUID: “%1”.', detail);
    case 'no-file':
      return trans.__('No file: choose the notebook or script to run.');
    case 'file-nul':
      return trans.__('The path of the file has a NUL character.');
    case 'no-amount':
      return trans.__(
        'The resource “%1” needs a number above 0, or an amount such as "8GB".',
        detail
      );
    case 'dangling':
      return trans.__(
        'It waits for a step that is not in the pipeline: %1.',
        detail
      );
    case 'cycle':
      return trans.__('The steps wait for each other in a circle: %1.', detail);
    case 'title-twice':
      return trans.__('Another step has the title “%1” as well.', detail);
    case 'no-steps':
      return trans.__('The pipeline has no steps yet.');
  }
}

function jsonWords(code: string, trans: IWords): string {
  switch (code) {
    case 'CommaExpected':
      return trans.__('a comma is missing');
    case 'ColonExpected':
      return trans.__('a colon is missing');
    case 'PropertyNameExpected':
      return trans.__('a key in double quotes is missing');
    case 'ValueExpected':
      return trans.__('a value is missing');
    case 'CloseBraceExpected':
      return trans.__('a closing brace is missing');
    case 'CloseBracketExpected':
      return trans.__('a closing bracket is missing');
    case 'EndOfFileExpected':
      return trans.__('there is something after its end');
    case 'UnexpectedEndOfString':
      return trans.__('a text doesn’t end');
    case 'UnexpectedEndOfNumber':
    case 'InvalidNumberFormat':
      return trans.__('a number is written wrong');
    case 'InvalidUnicode':
    case 'InvalidEscapeCharacter':
    case 'InvalidCharacter':
      return trans.__('a text has a character that must be written otherwise');
    case 'InvalidCommentToken':
      return trans.__('it has a comment');
    default:
      return trans.__('there is something that doesn’t belong there');
  }
}
