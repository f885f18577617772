/** Environments of jobs in words. */

import { formatBytes } from './sizes';
import { IWords } from './words';

export interface IEnvironmentLike {
  readonly state: 'waiting' | 'freezing' | 'frozen' | 'recorded' | 'live';
  readonly reason: string;
  readonly bytes: number;
}

export interface IChangedPackage {
  readonly name: string;
  readonly before: string | null;
  readonly now: string | null;
}

/** How far an environment is frozen. */
export function stateWords(one: IEnvironmentLike, trans: IWords): string {
  switch (one.state) {
    case 'frozen':
      return trans.__('frozen');
    case 'recorded':
      return trans.__('recorded, not frozen');
    case 'live':
      return trans.__('not frozen');
    case 'freezing':
      return one.bytes > 0
        ? trans.__('being frozen, %1 so far', formatBytes(one.bytes))
        : trans.__('being frozen');
    case 'waiting':
      return trans.__('not frozen yet');
  }
}

/** “pandas 2.2.1 → 2.3.0”, “six 1.16 → gone”. */
export function changeWords(change: IChangedPackage, trans: IWords): string {
  const { name, before, now } = change;
  if (before === null) {
    return trans.__('%1 %2 is new', name, now ?? '');
  }
  return now === null
    ? trans.__('%1 %2 is gone', name, before)
    : trans.__('%1 %2 → %3', name, before, now);
}

/** Those whose names have the text in them. */
export function packagesWith<T extends { readonly name: string }>(
  packages: readonly T[],
  text: string
): readonly T[] {
  const wanted = text.trim().toLowerCase();
  return packages.filter(({ name }) => name.toLowerCase().includes(wanted));
}
