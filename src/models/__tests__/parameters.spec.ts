import { IJobChanges, JobDetail, Parameter } from '../../api/types';
import { english } from '../../domain/__tests__/helpers';
import { DraftModel } from '../draft';
import { Editing } from '../editor';
import { JobModel } from '../job';
import { applied, toTexts } from '../lists';
import { JobSchemas } from '../jobschemas';
import { Live } from '../live';
import { ParametersModel } from '../parameters';
import { Shelf } from '../shelf';
import { aJob, FakeClient, FakeFeed, NIGHTLY, pass } from './fakes';

const PIPELINE = 'pipeline_parameters';

const parameter = (
  scope: string,
  name: string,
  texts: string[],
  text: string | null
): Parameter => ({
  scope,
  scope_title: scope,
  name,
  values: texts.map(one => JSON.parse(one) as unknown),
  texts,
  default: text
});

const DRAFT = aJob({
  status: 'draft',
  start_requested: false,
  steps: [
    {
      step: 'fit',
      title: 'Fit',
      file_path: 'fit.ipynb',
      kind: 'notebook',
      incoming: [],
      kernel: 'python3',
      environment: null
    }
  ],
  parameters: [
    parameter(PIPELINE, 'seed', ['1', '2', '3'], '1'),
    parameter('fit', 'extra', ['true'], null)
  ]
});

/** In the folder of the project. */
const files = {
  list: () => Promise.resolve(['main.orchest', 'fit.ipynb.schema.json']),
  read: () => Promise.resolve('{"properties": {"extra": {"minimum": 0}}}')
};

class SavingClient extends FakeClient {
  override changeJob = async (
    id: string,
    changes: IJobChanges
  ): Promise<JobDetail> => {
    const job = await this.getJob(id);
    this.alterJob(id, applied(job, changes));
    return this.getJob(id);
  };
}

describe('the parameters of a draft', () => {
  let client: SavingClient;
  let live: Live;
  let job: JobModel;
  let draft: DraftModel;
  let schemas: JobSchemas;
  let parameters: ParametersModel;

  const at = (index: number) => ({ scope: PIPELINE, name: 'seed', index });
  const seeds = () => toTexts(draft.state.lists)[PIPELINE].seed;

  beforeEach(async () => {
    jest.useFakeTimers();
    client = new SavingClient();
    client.addJob(DRAFT);
    live = new Live(client, new FakeFeed());
    job = new JobModel(client, live, 'job-1');
    await pass(0);
    draft = new DraftModel(client, live, job, { auto: true });
    schemas = new JobSchemas(files, english);
    parameters = new ParametersModel(draft, schemas, english);
  });

  afterEach(() => {
    parameters.dispose();
    schemas.dispose();
    draft.dispose();
    job.dispose();
    live.dispose();
    jest.useRealTimers();
  });

  it('are changed one value at a time', () => {
    parameters.open(at(1));
    expect(parameters.find(at(1))?.text).toBe('2');
    parameters.type(at(1), ' 2.0 ');
    expect(parameters.commit(at(1))).toBe(true);
    expect(seeds()).toEqual(['1', '2.0', '3']);
    expect(parameters.state.edits).toEqual([]);
  });

  it('are kept only if the schema beside the file of their step allows them', async () => {
    const folder = '/home/me/work';
    schemas.follow({ ...DRAFT, project: folder }, '/home/me');
    await pass(0);
    const place = { scope: 'fit', name: 'extra', index: 0 };
    parameters.open(place);
    parameters.type(place, '-1');
    expect(parameters.commit(place)).toBe(false);
    expect(parameters.whyNotValue('-1', place)).toBe(
      'This must be at least 0.'
    );
    expect(parameters.whyNot).toContain('“extra” is not as its schema says');
    parameters.type(place, '1');
    expect(parameters.commit(place)).toBe(true);
    expect(toTexts(draft.state.lists).fit.extra).toEqual(['1']);
    // Nothing is said of the others.
    expect(parameters.whyNotValue('"any"', at(0))).toBeNull();
  });

  it('keep text that is no value open, and unsaved', () => {
    parameters.open(at(0));
    parameters.type(at(0), 'one');
    expect(parameters.commit(at(0))).toBe(false);
    expect(parameters.find(at(0))?.text).toBe('one');
    expect(parameters.whyNot).toContain('“seed” is not valid JSON');
    expect(draft.isSaved).toBe(true);
    parameters.cancel(at(0));
    expect(parameters.whyNot).toBe('');
    expect(seeds()).toEqual(['1', '2', '3']);
  });

  it('get a new value only if something was written', () => {
    parameters.open(at(3));
    expect(parameters.commit(at(3))).toBe(true);
    expect(draft.isSaved).toBe(true);
    parameters.open(at(3));
    parameters.type(at(3), '4');
    parameters.commit(at(3));
    expect(seeds()).toEqual(['1', '2', '3', '4']);
  });

  it('are put in order, and what is open goes with its value', () => {
    parameters.open(at(2));
    parameters.type(at(2), '33');
    expect(parameters.moveValue(at(2), 0)).toBe(0);
    expect(seeds()).toEqual(['3', '1', '2']);
    parameters.duplicateValue(at(1));
    expect(seeds()).toEqual(['3', '1', '1', '2']);
    parameters.removeValue(at(3));
    parameters.commit(at(0));
    expect(seeds()).toEqual(['33', '1', '1']);
  });

  it('keep one value at least', () => {
    const extra = { scope: 'fit', name: 'extra', index: 0 };
    expect(parameters.removeValue(extra)).toBe(false);
    expect(toTexts(draft.state.lists).fit.extra).toEqual(['true']);
  });

  it('are added with a first value', () => {
    expect(parameters.add('fit', ' ')).toContain('name');
    expect(parameters.add('fit', 'extra')).toContain('already');
    expect(parameters.add('fit', ' constructor ')).toBeNull();
    const place = { scope: 'fit', name: 'constructor', index: 0 };
    parameters.type(place, '{}');
    parameters.commit(place);
    expect(toTexts(draft.state.lists).fit).toEqual({
      extra: ['true'],
      constructor: ['{}']
    });
  });

  it('go back to their default, or away if there is none', () => {
    parameters.reset(PIPELINE, 'seed');
    parameters.reset('fit', 'extra');
    expect(toTexts(draft.state.lists)).toEqual({
      [PIPELINE]: { seed: ['1'] },
      fit: {}
    });
  });

  it('are edited as one text, in which what is left out has its default', () => {
    parameters.openJson();
    expect(parameters.state.json).toContain('"seed": [1, 2, 3]');
    parameters.typeJson('{"fit": {"extra": 1}}');
    expect(parameters.applyJson()).toBe(false);
    expect(parameters.whyNot).toContain('JSON have errors');
    expect(draft.isSaved).toBe(true);
    parameters.typeJson('{"fit": {"extra": [1.0]}}');
    expect(parameters.applyJson()).toBe(true);
    expect(toTexts(draft.state.lists)).toEqual({
      fit: { extra: ['1.0'] },
      [PIPELINE]: { seed: ['1'] }
    });
  });
});

describe('the tab of a job', () => {
  let client: SavingClient;
  let live: Live;
  let job: JobModel;
  let shelf: Shelf;

  const open = async (fields: Partial<JobDetail>) => {
    client.jobs = [aJob({ ...DRAFT, ...fields })];
    job = new JobModel(client, live, 'job-1');
    const options = { client, live, shelf, files, trans: english };
    const editing = new Editing(job, options);
    await pass(0);
    return editing;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    client = new SavingClient();
    client.getSnapshotChanges = async () => ({
      changed: false,
      total: 0,
      items: [],
      message: null
    });
    live = new Live(client, new FakeFeed());
    shelf = new Shelf();
  });

  afterEach(() => {
    job.dispose();
    live.dispose();
    jest.useRealTimers();
  });

  it('shows the editor of a draft until it starts', async () => {
    const editing = await open({});
    const { editor } = editing.state;
    expect(editor?.auto).toBe(true);
    client.alterJob('job-1', { start_requested: true });
    job.refresh();
    await pass(200);
    expect(editing.state.editor).toBeNull();
    expect(editor?.isDisposed).toBe(true);
    editing.dispose();
  });

  it('edits an active recurring job on request, and forgets on closing', async () => {
    const editing = await open({ status: 'scheduled', schedule: NIGHTLY });
    expect(editing.state.editor).toBeNull();
    editing.open();
    expect(editing.state.editor?.auto).toBe(false);
    editing.state.editor?.draft.change({ name: 'Other' });
    editing.close();
    expect(editing.state.editor).toBeNull();
    await pass(1_000);
    expect(client.jobs[0].name).toBe('Job 1');
    editing.open();
    expect(editing.state.editor?.draft.state.shown?.name).toBe('Job 1');
    editing.dispose();
  });

  it('counts at once the runs that there are; the server counts what is chosen', async () => {
    let asked = 0;
    client.expandGrid = async request => {
      asked += 1;
      const included = request.selection?.exceptions.length ?? 0;
      return { total: 3, included, matching: 3, axes: [], items: [] };
    };
    const editing = await open({});
    const { editor } = editing.state;
    expect(editor?.grid.state.included).toBe(3);
    editor?.draft.change({
      selection: { base: 'none', rules: [], exceptions: ['a', 'b'] }
    });
    await pass(100);
    expect(editor?.grid.state.included).toBe(2);
    expect(asked).toBe(1);
    editor?.draft.undo();
    expect(editor?.grid.state.included).toBe(3);
    editing.dispose();
  });

  it('saves when it is closed, and keeps what is no value for the next time', async () => {
    const editing = await open({});
    const { editor } = editing.state;
    editor?.draft.change({ name: 'Written last' });
    const place = { scope: PIPELINE, name: 'seed', index: 0 };
    editor?.parameters.open(place);
    editor?.parameters.type(place, 'not yet');
    expect(editor?.isDirty).toBe(true);
    editing.dispose();
    job.dispose();
    await pass(0);
    expect(client.jobs[0].name).toBe('Written last');

    const again = await open({ name: 'Written last' });
    expect(again.state.editor?.parameters.find(place)?.text).toBe('not yet');
    again.dispose();
  });
});
