import { nullTranslator } from '@jupyterlab/translation';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { ApiError } from '../../../api/errors';
import { IClusterChanges } from '../../../api/types';
import { ClusterModel } from '../../../models/cluster';
import { aCluster, FakeClient } from '../../../models/__tests__/fakes';
import { ClusterBody } from '../body';

const trans = nullTranslator.load('');

describe('ClusterBody', () => {
  let client: FakeClient;
  let node: HTMLElement;
  let root: Root;
  let model: ClusterModel;
  let save: () => Promise<void>;
  let sent: IClusterChanges[];

  beforeEach(async () => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    Element.prototype.scrollIntoView = () => undefined; // jsdom has none
    sent = [];
    client = new FakeClient();
    let kept = aCluster();
    client.getCluster = async () => kept;
    client.changeCluster = async changes => {
      sent.push(changes);
      if (changes.address === 'nonsense') {
        throw new ApiError('refused', 'This is no address.');
      }
      kept = { ...kept, ...changes } as typeof kept;
      return kept;
    };
    node = document.createElement('div');
    document.body.append(node);
    root = createRoot(node);
    model = new ClusterModel(client, kept);
    await act(async () =>
      root.render(
        <ClusterBody
          model={model}
          trans={trans}
          onSave={how => {
            save = how;
          }}
        />
      )
    );
  });

  afterEach(() => {
    act(() => root.unmount());
    model.dispose();
    node.remove();
  });

  const field = (label: string) =>
    [...node.querySelectorAll('label')]
      .find(({ textContent }) => textContent?.startsWith(label))
      ?.querySelector('input') as HTMLInputElement;

  const type = (label: string, text: string) =>
    act(async () => {
      const input = field(label);
      Object.getOwnPropertyDescriptor(
        HTMLInputElement.prototype,
        'value'
      )?.set?.call(input, text);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });

  it('says that there is none, and sets one up', async () => {
    expect(node.querySelector('[role="status"]')?.textContent).toBe(
      'Cluster: not set up'
    );
    await type('Address', ' tcp://127.0.0.1:8786 ');
    await act(() => save());
    expect(sent).toEqual([{ address: 'tcp://127.0.0.1:8786' }]);
    expect(node.textContent).toContain('Saved.');
    expect(node.querySelector('[role="status"]')?.textContent).toBe(
      'Cluster: connecting…'
    );
    await type('Runs at once', '2');
    expect(node.textContent).not.toContain('Saved.');
    await act(() => save());
    expect(sent[1]).toEqual({ slots: 2 });
  });

  it('says why settings are refused, and keeps what was typed', async () => {
    await type('Address', 'nonsense');
    await act(() => save());
    expect(node.textContent).toContain('Not saved: This is no address.');
    expect(field('Address').value).toBe('nonsense');
  });

  it('sends nothing that can’t be meant', async () => {
    await type('Runs at once', '0');
    expect(field('Runs at once').getAttribute('aria-invalid')).toBe('true');
    await act(() => save());
    expect(sent).toEqual([]);
  });

  it('asks for files of TLS only where there is TLS', async () => {
    expect(field('Private key')).toBeUndefined();
    await type('Address', 'tls://host:8786');
    await type('Private key', '/keys/key.pem');
    await act(() => save());
    expect(sent).toEqual([
      { address: 'tls://host:8786', tls_key: '/keys/key.pem' }
    ]);
  });

  it('needs no folder where workers see the state directory', async () => {
    await act(async () => field('Workers see').click());
    expect(field('Folder through').disabled).toBe(true);
    await act(() => save());
    expect(sent).toEqual([{ shared: true }]);
  });
});
