import { ApiError } from '../../api/errors';
import { encode, JsonText } from '../../api/jsontext';
import { IJobChanges, JobDetail, Parameter } from '../../api/types';
import { DraftModel } from '../draft';
import { JobModel } from '../job';
import { applied, listsOf } from '../lists';
import { Live } from '../live';
import { aJob, FakeClient, FakeFeed, pass, UNREACHABLE } from './fakes';

const SEED: Parameter = {
  scope: 'pipeline_parameters',
  scope_title: 'train',
  name: 'seed',
  values: [1],
  texts: ['1.0'],
  default: '1.0'
};

const refusal = (message: string) =>
  new ApiError('refused', message, { status: 422, code: 'invalid_input' });

/** Takes changes as the server does; refuses those of some fields. */
class DraftClient extends FakeClient {
  refused: Partial<Record<keyof IJobChanges, string>> = {};
  readonly sent: string[] = [];

  override changeJob = async (
    id: string,
    { accept, ...changes }: IJobChanges
  ): Promise<JobDetail> => {
    this.sent.push(encode(changes));
    if (this.down !== null) {
      throw this.down;
    }
    for (const field of Object.keys(changes) as (keyof IJobChanges)[]) {
      const message = this.refused[field];
      if (message !== undefined) {
        throw refusal(message);
      }
    }
    const job = this.jobs.find(known => known.id === id) as JobDetail;
    this.alterJob(id, applied(job, changes));
    return this.jobs.find(known => known.id === id) as JobDetail;
  };
}

describe('a draft', () => {
  let client: DraftClient;
  let live: Live;
  let job: JobModel;
  let draft: DraftModel;

  const open = async (auto = true) => {
    job = new JobModel(client, live, 'job-1');
    await pass(0);
    draft = new DraftModel(client, live, job, { auto });
  };

  beforeEach(async () => {
    jest.useFakeTimers();
    client = new DraftClient();
    client.addJob(
      aJob({ status: 'draft', start_requested: false, parameters: [SEED] })
    );
    live = new Live(client, new FakeFeed());
    live.start();
    await pass(0);
    await open();
  });

  afterEach(() => {
    draft.dispose();
    job.dispose();
    live.dispose();
    jest.useRealTimers();
  });

  it('shows changes at once, and saves them when the user pauses', async () => {
    draft.change({ name: 'A' });
    await pass(400);
    draft.change({ name: 'AB' });
    expect(draft.state.shown?.name).toBe('AB');
    expect(draft.state.saving).toBe('unsaved');
    await pass(599);
    expect(client.sent).toEqual([]);
    await pass(1);
    expect(client.sent).toEqual(['{"name":"AB"}']);
    expect(draft.state).toMatchObject({ saving: 'saved', errors: {} });
    expect(draft.state.savedAt).not.toBeNull();
    expect(job.state.value?.name).toBe('AB');
    expect(draft.isSaved).toBe(true);
  });

  it('sends values as they are written', async () => {
    const values = [new JsonText('1.0'), new JsonText('9007199254740993')];
    draft.change({ parameters: { pipeline_parameters: { seed: values } } });
    await draft.flush();
    expect(client.sent).toEqual([
      '{"parameters":{"pipeline_parameters":{"seed":[1.0,9007199254740993]}}}'
    ]);
    expect(draft.state.shown?.parameters[0]).toMatchObject({
      texts: ['1.0', '9007199254740993'],
      default: '1.0'
    });
  });

  it('saves everything before it is left', async () => {
    draft.change({ name: 'A' });
    expect(await draft.flush()).toBe(true);
    expect(client.sent).toHaveLength(1);
    await pass(1_000);
    expect(client.sent).toHaveLength(1);
  });

  it('saves the other fields if one is refused, which stays with the reason', async () => {
    client.refused = { env_variables: 'PATH can’t be set.' };
    draft.change({ name: 'A' });
    draft.change({ env_variables: { PATH: '/' } });
    await pass(600);
    expect(draft.state.errors).toEqual({ env_variables: 'PATH can’t be set.' });
    expect(draft.state.saving).toBe('refused');
    expect(draft.state.shown?.env_variables).toEqual({ PATH: '/' });
    expect(job.state.value).toMatchObject({ name: 'A', env_variables: {} });
    const tried = client.sent.length;
    await pass(10_000);
    expect(client.sent).toHaveLength(tried);

    client.refused = {};
    draft.change({ env_variables: { WAY: '/' } });
    await pass(600);
    expect(draft.state).toMatchObject({ saving: 'saved', errors: {} });
    expect(job.state.value?.env_variables).toEqual({ WAY: '/' });
  });

  it('tries again what was refused while a snapshot was taken', async () => {
    client.refused = { parameters: 'A new snapshot is being taken.' };
    draft.change({ parameters: listsOf(aJob({ parameters: [SEED] })) });
    await pass(600);
    expect(draft.state.saving).toBe('refused');
    client.refused = {};
    const { snapshot } = aJob();
    const taken_at = '2026-11-22T13:00:00.000Z';
    client.alterJob('job-1', { snapshot: { ...snapshot, taken_at } });
    job.refresh();
    await pass(1_000);
    expect(draft.state).toMatchObject({ saving: 'saved', errors: {} });
  });

  it('saves as soon as the server is back', async () => {
    client.down = UNREACHABLE;
    draft.change({ name: 'A' });
    await pass(600);
    expect(draft.state.saving).toBe('offline');
    expect(draft.state.shown?.name).toBe('A');
    await pass(1_000);
    client.down = null;
    await pass(30_000);
    expect(draft.state.saving).toBe('saved');
    expect(job.state.value?.name).toBe('A');
  });

  it('keeps what is not saved when another window changes the job', async () => {
    draft.change({ name: 'Mine' });
    client.alterJob('job-1', {
      name: 'Theirs',
      env_variables: { THEIRS: '1' }
    });
    job.refresh();
    await pass(200);
    expect(draft.state.shown).toMatchObject({
      name: 'Mine',
      env_variables: { THEIRS: '1' }
    });
    await pass(600);
    expect(job.state.value?.name).toBe('Mine');
  });

  it('saves what was changed while the rest was being saved', async () => {
    draft.change({ name: 'A' });
    const saved = draft.flush();
    draft.change({ name: 'B' });
    expect(await saved).toBe(true);
    expect(job.state.value?.name).toBe('B');
  });

  it('sends policies as a whole, and secrets one by one', async () => {
    draft.change({ policies: { step_retries: 3 } });
    draft.change({ secrets: { A: 'x' } });
    draft.change({ secrets: { B: null } });
    await draft.flush();
    const sent = JSON.parse(client.sent[0]) as IJobChanges;
    expect(sent.policies).toEqual({ ...aJob().policies, step_retries: 3 });
    expect(sent.secrets).toEqual({ A: 'x', B: null });
    expect(draft.state.shown?.secrets).toEqual(['A']);
  });

  it('undoes and redoes edits, but no secrets', async () => {
    expect(draft.state).toMatchObject({ canUndo: false, canRedo: false });
    draft.change({ secrets: { A: 'x' } });
    draft.change({ env_variables: {}, secrets: { B: 'was a variable' } });
    expect(draft.state.canUndo).toBe(false);
    draft.change({ env_variables: { A: '1' } });
    draft.change({ env_variables: { A: '2' } });
    await draft.flush();
    draft.undo();
    expect(draft.state.shown?.env_variables).toEqual({ A: '1' });
    draft.undo();
    expect(draft.state.shown?.env_variables).toEqual({});
    expect(draft.state).toMatchObject({ canUndo: false, canRedo: true });
    draft.redo();
    await draft.flush();
    expect(job.state.value?.env_variables).toEqual({ A: '1' });
  });

  it('undoes at once what was typed into a field', () => {
    const cron = (text: string) =>
      draft.change({ schedule: { kind: 'cron', cron: text, zone: 'UTC' } });
    draft.change({ name: 'A' });
    draft.change({ name: 'AB' });
    cron('0 9 * * *');
    cron('0 9 * * ');
    cron('0 9 * * 1');
    draft.change({ policies: { run_timeout_s: 3_600 } });
    draft.change({ policies: { run_timeout_s: 5_400 } });
    draft.change({ policies: { step_retries: 3 } });
    draft.undo();
    expect(draft.state.shown?.policies.run_timeout_s).toBe(5_400);
    draft.undo();
    expect(draft.state.shown?.policies).toEqual(aJob().policies);
    draft.undo();
    expect(draft.state.shown?.schedule.cron).toBe('0 9 * * *');
    draft.undo();
    expect(draft.state.shown?.schedule.kind).toBe('now');
    draft.undo();
    expect(draft.state.shown?.name).toBe('Job 1');
  });
});

describe('an active job', () => {
  it('is saved when the user says so: all or nothing', async () => {
    jest.useFakeTimers();
    const client = new DraftClient();
    client.addJob(aJob({ status: 'scheduled' }));
    const live = new Live(client, new FakeFeed());
    const job = new JobModel(client, live, 'job-1');
    await pass(0);
    const draft = new DraftModel(client, live, job, { auto: false });
    client.refused = { schedule: 'No such cron.' };
    draft.change({ name: 'A', schedule: { kind: 'cron', cron: 'x' } });
    await pass(10_000);
    expect(client.sent).toEqual([]);
    expect(await draft.retry()).toBe(false);
    expect(job.state.value?.name).toBe('Job 1');
    expect(draft.state.errors.schedule).toBe('No such cron.');
    client.refused = {};
    expect(await draft.retry()).toBe(true);
    expect(job.state.value?.name).toBe('A');

    draft.change({ name: 'B' });
    draft.revert();
    expect(draft.state.shown?.name).toBe('A');
    expect(draft.isSaved).toBe(true);
    draft.dispose();
    job.dispose();
    live.dispose();
    jest.useRealTimers();
  });
});
