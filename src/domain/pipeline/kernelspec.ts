/** The kernel that is chosen for a step: it counts more than what its notebook says. */

import { Changes } from './changes';
import { ITextEdit } from './texts';
import { keyOf, memberOf } from './tree';

/**
 * Choose the installed kernel that runs a step.
 *
 * @param name - of its kernelspec; empty: the step's file decides.
 * @throws Unreadable: the text is not one that `readPipeline` reads.
 */
export function setKernelspec(
  text: string,
  step: string,
  name: string
): ITextEdit[] {
  const changes = new Changes(text);
  const node = memberOf(memberOf(changes.root, 'steps'), step);
  const data = memberOf(node, 'meta_data');
  if (node?.type !== 'object') {
    return [];
  }
  if (name !== '') {
    changes.setAt(node, ['meta_data', 'kernelspec'], name);
  } else if (data !== undefined) {
    changes.remove(data, member => keyOf(member) === 'kernelspec');
  }
  return changes.edits;
}
