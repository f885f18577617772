import { nullTranslator } from '@jupyterlab/translation';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { Environment, JobDetail } from '../../../api/types';
import { EnvironmentsModel } from '../../../models/environments';
import { aJob, FakeClient } from '../../../models/__tests__/fakes';
import { Environments } from '../list';

const trans = nullTranslator.load('');

function anEnvironment(fields: Partial<Environment> = {}): Environment {
  return {
    id: 'env-1',
    language: 'python',
    kernel: 'python3',
    display_name: 'Python 3',
    program: '/venv/bin/python',
    prefix: '/venv',
    version: 'Python 3.12.1',
    state: 'frozen',
    reason: '',
    packages: 2,
    bytes: 1_200_000_000,
    copy_bytes: 0,
    warnings: [],
    ...fields
  };
}

describe('Environments', () => {
  let client: FakeClient;
  let node: HTMLElement;
  let root: Root;
  let asked: string[];
  let model: EnvironmentsModel;

  beforeEach(() => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    asked = [];
    client = new FakeClient();
    client.lockUrl = (job, id) => `/lock/${job}/${id}`;
    client.getEnvironmentChanges = async () => ({
      changed: false,
      items: [],
      message: null
    });
    client.getEnvironment = async () => ({
      ...anEnvironment(),
      items: [
        { name: 'numpy', version: '2.1.0', origin: 'pip' },
        { name: 'pandas', version: '2.2.1', origin: 'conda' }
      ]
    });
    client.freezeEnvironment = async (_, id) => {
      asked.push(id);
      return aJob();
    };
    node = document.createElement('div');
    document.body.append(node);
    root = createRoot(node);
  });

  afterEach(() => {
    act(() => root.unmount());
    model.dispose();
    node.remove();
  });

  async function show(
    environment: Environment,
    fields: Partial<JobDetail> = {}
  ): Promise<void> {
    const job = aJob({ environments: [environment], ...fields });
    model = new EnvironmentsModel(client, job.id);
    await act(async () =>
      root.render(<Environments job={job} model={model} trans={trans} />)
    );
  }

  const button = (label: string) =>
    [...node.querySelectorAll('button, jp-button')].find(
      ({ textContent }) => textContent === label
    );

  it('says that one is frozen, and lists its packages on demand', async () => {
    await show(anEnvironment());
    expect(node.querySelector('[role="status"]')?.textContent).toBe('frozen');
    expect(node.textContent).toContain('1.2 GB');
    expect(node.querySelector('a')?.getAttribute('href')).toBe(
      '/lock/job-1/env-1'
    );
    expect(node.querySelector('table')).toBeNull();
    const details = node.querySelector('details') as HTMLDetailsElement;
    await act(async () => {
      details.open = true;
      details.dispatchEvent(new Event('toggle'));
    });
    expect(node.querySelectorAll('tr')).toHaveLength(2);
  });

  it('says why one is not frozen, and copies it when asked to', async () => {
    const reason = 'The files are those of another user.';
    await show(
      anEnvironment({ state: 'recorded', reason, copy_bytes: 1_200_000_000 })
    );
    expect(node.textContent).toContain('recorded, not frozen');
    expect(node.textContent).toContain(reason);
    await act(async () =>
      button('Freeze by copy (1.2 GB)')?.dispatchEvent(
        new MouseEvent('click', { bubbles: true })
      )
    );
    expect(asked).toEqual(['env-1']);
  });

  it('offers no copy of an environment whose job has ended', async () => {
    await show(anEnvironment({ state: 'recorded', copy_bytes: 1 }), {
      status: 'succeeded'
    });
    expect(node.textContent).not.toContain('Freeze by copy');
  });

  it('says which packages have changed since, and what was noticed', async () => {
    client.getEnvironmentChanges = async () => ({
      changed: true,
      items: [
        { name: 'numpy', before: '2.1.0', now: '2.2.0' },
        { name: 'six', before: '1.16', now: null },
        { name: 'rich', before: null, now: '14' }
      ],
      message: null
    });
    await show(anEnvironment(), { environment_warnings: ['It is gone.'] });
    for (const words of [
      'It is gone.',
      '3 packages have changed since',
      'numpy 2.1.0 → 2.2.0',
      'six 1.16 is gone',
      'rich 14 is new'
    ]) {
      expect(node.textContent).toContain(words);
    }
  });
});
