import { nullTranslator } from '@jupyterlab/translation';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { Settings } from '../../../api/types';
import { LimitsForm } from '../form';

const SETTINGS: Settings = {
  max_step_processes: 4,
  max_runs: 4,
  warm_processes: true,
  overlays: false,
  kernel_names: {},
  data_dir: '/state/data'
};

describe('LimitsForm', () => {
  let node: HTMLElement;
  let root: Root;
  let changes: Partial<Settings>;

  const show = (typed: Partial<Settings> = {}) =>
    act(() =>
      root.render(
        <LimitsForm
          settings={SETTINGS}
          typed={typed}
          kernels={['python3']}
          trans={nullTranslator.load('')}
          onChange={found => {
            changes = found;
          }}
        />
      )
    );

  const box = (label: string) =>
    [...node.querySelectorAll('label')]
      .find(({ textContent }) => textContent === label)
      ?.querySelector('input') as HTMLInputElement;

  beforeEach(() => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    node = document.createElement('div');
    document.body.append(node);
    root = createRoot(node);
  });

  afterEach(() => {
    act(() => root.unmount());
    node.remove();
  });

  it('tells what was changed, and not what was changed back', () => {
    show();
    expect(changes).toEqual({});
    const warm = box('Start runs and Python kernels from warm processes');
    const overlays = box('Working copies as overlays');
    expect([warm.checked, overlays.checked]).toEqual([true, false]);
    act(() => overlays.click());
    expect(changes).toEqual({ overlays: true });
    act(() => warm.click());
    expect(changes).toEqual({ overlays: true, warm_processes: false });
    act(() => overlays.click());
    expect(changes).toEqual({ warm_processes: false });
  });

  it('says what overlays cost where they are turned on', () => {
    show();
    const hint = box('Working copies as overlays').getAttribute(
      'aria-describedby'
    );
    expect(document.getElementById(hint ?? '')?.textContent).toMatch(
      /at once .*sudo.* renaming/
    );
  });

  it('keeps what was refused, to be mended', () => {
    show({ overlays: true });
    expect(box('Working copies as overlays').checked).toBe(true);
    expect(changes).toEqual({ overlays: true });
    act(() => box('Working copies as overlays').click());
    expect(changes).toEqual({});
  });
});
