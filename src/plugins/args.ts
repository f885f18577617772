/** Schemas of command arguments, and safe access to them. */

import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** A description of string arguments. */
export function stringArgs(
  properties: Readonly<Record<string, string>>,
  required: string[] = []
): CommandRegistry.ICommandOptions['describedBy'] {
  return {
    args: {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, description]) => [
          name,
          { type: 'string', description }
        ])
      ),
      required
    }
  };
}

/** An argument that is a string, or null. */
export function stringArg(
  args: ReadonlyPartialJSONObject,
  name: string
): string | null {
  const value = args[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A label that says why the command can't be used; menus have no other place for it. */
export function labelWith(
  label: string,
  why: string,
  trans: TranslationBundle
): string {
  return why === '' ? label : trans.__('%1 (%2)', label, why);
}
