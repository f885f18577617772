import { Event } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { CHANGE_SCHEMA, ChangeFeed, IChange } from '../events';

describe('ChangeFeed', () => {
  const owner = {};
  const stream = new Signal<object, Event.Emission>(owner);
  const seen: IChange[] = [];
  const feed = new ChangeFeed(stream as unknown as Event.Stream);
  feed.changed.connect((_, change) => seen.push(change));

  const change = {
    kind: 'run',
    id: 'r',
    job_id: 'j',
    status: 'failed',
    revision: 4
  };

  it('picks our events out of the stream', () => {
    stream.emit({ schema_id: 'https://other/v1', ...change });
    stream.emit({ schema_id: CHANGE_SCHEMA, ...change });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject(change);
  });

  it('passes over what has not the right shape', () => {
    const before = seen.length;
    stream.emit({ schema_id: CHANGE_SCHEMA, kind: 'run' });
    stream.emit({ schema_id: CHANGE_SCHEMA, ...change, kind: 'planet' });
    expect(seen).toHaveLength(before);
  });
});
