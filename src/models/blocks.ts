/** What stands in the way of a job's start in the editor's sections: fields that can't be saved. */

import { Store } from './store';

export interface IBlocksState {
  /** Section → why. */
  readonly reasons: Readonly<Record<string, string>>;
}

export class Blocks extends Store<IBlocksState> {
  constructor() {
    super({ reasons: {} });
  }

  /** Why the job can't be started as it is; empty if it can. */
  get whyNot(): string {
    return Object.values(this.state.reasons).find(why => why !== '') ?? '';
  }

  /** A section says what is in the way; empty: nothing. */
  set(section: string, why: string): void {
    if ((this.state.reasons[section] ?? '') !== why) {
      this.update({ reasons: { ...this.state.reasons, [section]: why } });
    }
  }
}
