/** The combinations of a draft, against a server whose answers come when the test says. */

import { ApiError } from '../../api/errors';
import { JsonText } from '../../api/jsontext';
import {
  Grid,
  IGridRequest,
  ISelectionRequest,
  ISelectRequest,
  SelectResult
} from '../../api/types';
import { english } from '../../domain/__tests__/helpers';
import { GridModel, MOST_CHOSEN, PAGE_ROWS } from '../grid';
import { pass, UNREACHABLE } from './fakes';
import { UnaskedClient } from './unasked';
import { IJobsClient } from '../../api/client';

const ALL: ISelectionRequest = { base: 'all', rules: [], exceptions: [] };

const lists = (count: number) => ({
  pipeline_parameters: {
    seed: Array.from({ length: count }, (_, at) => new JsonText(String(at)))
  }
});

/** Combinations of one parameter; exceptions are the texts of its values. */
function answer(request: IGridRequest): Grid {
  const values = request.parameters.pipeline_parameters.seed;
  const { offset = 0, limit = 100, filter, selection = ALL } = request;
  const rows = values.map((value, index) => ({
    index,
    texts: [value.text],
    included:
      (selection.base === 'all') !== selection.exceptions.includes(value.text)
  }));
  const left = rows.filter(row => row.texts[0].includes(filter?.text ?? ''));
  return {
    total: rows.length,
    included: rows.filter(row => row.included).length,
    matching: left.length,
    axes: [{ scope: 'pipeline_parameters', name: 'seed' }],
    items: left.slice(offset, offset + limit)
  };
}

function choose(request: ISelectRequest): SelectResult {
  const { parameters, selection = ALL, include, indexes, filter } = request;
  const all = answer({ parameters, limit: 1e9, filter }).items;
  const meant = all.filter(row => indexes?.includes(row.index) ?? true);
  const exceptions = new Set(selection.exceptions);
  for (const { texts } of meant) {
    if ((selection.base === 'all') === include) {
      exceptions.delete(texts[0]);
    } else {
      exceptions.add(texts[0]);
    }
  }
  const after = { ...selection, rules: [], exceptions: [...exceptions] };
  const { included } = answer({ parameters, selection: after });
  return { selection: after, included };
}

class Server extends UnaskedClient {
  readonly asked: IGridRequest[] = [];
  readonly chosen: ISelectRequest[] = [];
  /** While it is on, answers wait. */
  held: (() => void)[] | null = null;
  failure: ApiError | null = null;

  override expandGrid = (request: IGridRequest) => {
    this.asked.push(request);
    return this._later(() => answer(request));
  };

  override selectRuns = (request: ISelectRequest) => {
    this.chosen.push(request);
    return this._later(() => choose(request));
  };

  private async _later<T>(result: () => T): Promise<T> {
    if (this.held !== null) {
      const { held } = this;
      await new Promise<void>(resolve => held.push(resolve));
    }
    if (this.failure !== null) {
      throw this.failure;
    }
    return result();
  }
}

let server: Server;
let selected: ISelectionRequest[];
let model: GridModel;

beforeEach(() => {
  jest.useFakeTimers();
  server = new Server();
  selected = [];
  model = new GridModel(server as unknown as IJobsClient, english, selection =>
    selected.push(selection)
  );
});

afterEach(() => {
  model.dispose();
  jest.useRealTimers();
});

const shown = () => model.row(0)?.texts[0];

describe('the window on a grid', () => {
  it('counts at once, and asks when the user pauses', async () => {
    model.show(lists(3), ALL);
    expect(model.state).toMatchObject({ total: 3, included: 3 });
    model.show(lists(4), ALL);
    model.show(lists(5), ALL);
    expect(server.asked).toHaveLength(0);
    await pass(100);
    expect(server.asked).toHaveLength(1);
    expect(model.state).toMatchObject({ total: 5, included: 5, matching: 5 });
    expect(model.row(4)?.texts).toEqual(['4']);
    model.show(lists(5), { ...ALL, rules: [] });
    await pass(100);
    expect(server.asked).toHaveLength(1);
  });

  it('lets the last answer win, and shows the old one until then', async () => {
    model.show(lists(5), ALL);
    await pass(100);
    server.held = [];
    model.filterBy({ text: '1' });
    await pass(100);
    model.filterBy({ text: '3' });
    await pass(100);
    expect(shown()).toBe('0');
    const [first, second] = server.held;
    second();
    await pass(0);
    expect(shown()).toBe('3');
    first();
    await pass(0);
    expect(shown()).toBe('3');
    expect(model.state.matching).toBe(1);
  });

  it('loads only what is looked at', async () => {
    model.show(lists(100_000), ALL);
    await pass(100);
    model.ensure(50 * PAGE_ROWS, 50 * PAGE_ROWS + 20);
    await pass(0);
    expect(server.asked.map(request => request.offset)).toEqual([
      0,
      50 * PAGE_ROWS
    ]);
    expect(model.row(50 * PAGE_ROWS + 7)?.index).toBe(50 * PAGE_ROWS + 7);
    expect(model.row(25 * PAGE_ROWS)).toBeUndefined();
  });

  it('says what the server refuses, until something changes', async () => {
    server.failure = new ApiError('refused', 'Not so.', { status: 422 });
    model.show(lists(2), ALL);
    await pass(5_000);
    expect(model.state.message).toBe('Not so.');
    expect(server.asked).toHaveLength(1);
    server.failure = null;
    model.show(lists(3), ALL);
    await pass(100);
    expect(model.state).toMatchObject({ message: '', matching: 3 });
  });

  it('asks again when the server is away', async () => {
    server.failure = UNREACHABLE;
    model.show(lists(2), ALL);
    await pass(100);
    server.failure = null;
    await pass(3_000);
    expect(model.state).toMatchObject({ message: '', matching: 2 });
  });
});

describe('choosing', () => {
  beforeEach(async () => {
    model.show(lists(5), ALL);
    await pass(100);
  });

  it('shows a choice at once and tells it', async () => {
    server.held = [];
    void model.chooseRows(1, 2, false);
    await pass(0);
    expect(model.row(1)?.included).toBe(false);
    expect(selected).toEqual([]);
    server.held.splice(0).forEach(go => go());
    server.held = null;
    await pass(100);
    expect(selected).toEqual([{ ...ALL, exceptions: ['1', '2'] }]);
    expect(model.state.included).toBe(3);
    expect(model.row(1)?.included).toBe(false);
  });

  it('makes one choice after the other', async () => {
    void model.chooseRows(0, 0, false);
    void model.chooseRows(4, 4, false);
    await pass(100);
    expect(selected[1]).toEqual({ ...ALL, exceptions: ['0', '4'] });
  });

  it('keeps at least one', async () => {
    await Promise.all([model.chooseShown(false), pass(100)]);
    expect(selected).toEqual([]);
    expect(model.state.refusal).toContain('At least one run stays');
    expect(model.row(0)?.included).toBe(true);
    await Promise.all([model.chooseOnlyRow(2), pass(100)]);
    expect(selected).toEqual([{ base: 'none', rules: [], exceptions: ['2'] }]);
    expect(model.state).toMatchObject({ included: 1, refusal: '' });
  });

  it('is about what the filter leaves', async () => {
    model.filterBy({ text: '3' });
    await pass(100);
    await Promise.all([model.chooseShown(false), pass(100)]);
    expect(selected).toEqual([{ ...ALL, exceptions: ['3'] }]);
    await Promise.all([model.chooseOnlyShown(), pass(100)]);
    expect(selected[1]).toEqual({ base: 'none', rules: [], exceptions: ['3'] });
  });

  it('asks for the places of filtered rows that are not loaded', async () => {
    model.show(lists(3_000), ALL);
    model.filterBy({ text: '9' });
    await pass(100);
    const { matching } = model.state;
    await Promise.all([
      model.chooseRows(0, (matching ?? 0) - 1, false),
      pass(100)
    ]);
    expect(server.chosen[0].indexes).toHaveLength(matching ?? 0);
    expect(server.chosen[0].indexes?.slice(0, 3)).toEqual([9, 19, 29]);
  });

  it('has a limit, and says so', async () => {
    model.show(lists(20_000), ALL);
    await pass(100);
    await model.chooseRows(0, MOST_CHOSEN, false);
    expect(server.chosen).toEqual([]);
    expect(model.state.refusal).toContain('Use the filter');
  });
});
