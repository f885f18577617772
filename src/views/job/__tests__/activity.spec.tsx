import { nullTranslator } from '@jupyterlab/translation';
import React, { act } from 'react';
import { createRoot } from 'react-dom/client';

import {
  aJob,
  FakeClient,
  FakeFeed,
  pass
} from '../../../models/__tests__/fakes';
import { HistoryModel } from '../../../models/history';
import { Live } from '../../../models/live';
import { Activity } from '../activity';

describe('Activity', () => {
  beforeEach(() => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells with a batch what was noticed of its environments', async () => {
    const client = new FakeClient();
    const live = new Live(client, new FakeFeed());
    const model = new HistoryModel(client, live, 'job-1');
    const job = aJob({ batches: 2 });
    const changed = '“Mine” is not frozen, and has changed: 1 package.';
    client.batches = [2, 1].map(number => ({
      number,
      cause: 'manual',
      created_at: '2026-11-22T12:00:00.000Z',
      scheduled_at: null,
      snapshot_id: null,
      warnings: number === 2 ? [changed] : [],
      runs: { ...job.runs, total: 1, succeeded: 1 }
    }));
    const node = document.createElement('div');
    const root = createRoot(node);
    act(() =>
      root.render(
        <Activity
          job={job}
          model={model}
          trans={nullTranslator.load('')}
          onRetry={() => undefined}
        />
      )
    );
    model.follow(job);
    await act(() => pass(2_000));
    const rows = [...node.querySelectorAll('tbody tr')];
    expect(rows.map(row => row.textContent)).toEqual([
      expect.stringMatching(/^2/),
      changed,
      expect.stringMatching(/^1/)
    ]);
    act(() => root.unmount());
    model.dispose();
    live.dispose();
  });
});
