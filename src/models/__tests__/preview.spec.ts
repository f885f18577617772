/** What a schedule means, by the latest answer. */

import { IJobsClient } from '../../api/client';
import { ApiError } from '../../api/errors';
import { SchedulePreview, ScheduleRequest } from '../../api/types';
import { PreviewModel } from '../preview';
import { aJob, pass, UNREACHABLE } from './fakes';
import { UnaskedClient } from './unasked';

const { policies } = aJob();
const cron = (text: string): ScheduleRequest => ({
  kind: 'cron',
  cron: text,
  zone: 'UTC'
});

class Server extends UnaskedClient {
  readonly waiting: {
    schedule: ScheduleRequest;
    answer: (preview: SchedulePreview) => void;
    fail: (reason: unknown) => void;
  }[] = [];

  override previewSchedule = (schedule: ScheduleRequest) =>
    new Promise<SchedulePreview>((answer, fail) => {
      this.waiting.push({ schedule, answer, fail });
    });
}

const meaning = (description: string): SchedulePreview => ({
  description,
  next: []
});

let server: Server;
let model: PreviewModel;

beforeEach(() => {
  jest.useFakeTimers();
  server = new Server();
  model = new PreviewModel(server as unknown as IJobsClient);
});

afterEach(() => {
  model.dispose();
  jest.useRealTimers();
});

it('asks when the user pauses, and lets the last answer win', async () => {
  model.show(cron('1'), policies);
  model.show(cron('2'), policies);
  await pass(300);
  model.show(cron('3'), policies);
  await pass(300);
  expect(server.waiting.map(({ schedule }) => schedule.cron)).toEqual([
    '2',
    '3'
  ]);
  server.waiting[1].answer(meaning('third'));
  await pass(0);
  server.waiting[0].answer(meaning('second'));
  await pass(0);
  expect(model.state.preview?.description).toBe('third');
});

it('says what the server says against it', async () => {
  model.show(cron('x'), policies);
  await pass(300);
  server.waiting[0].fail(new ApiError('refused', 'Five fields, please.'));
  await pass(0);
  expect(model.state).toEqual({
    preview: null,
    problem: 'Five fields, please.'
  });
  model.show(null, policies);
  expect(model.state.problem).toBe('');
});

it('asks again when the server is away, and no more when disposed of', async () => {
  model.show(cron('1'), policies);
  await pass(300);
  server.waiting[0].fail(UNREACHABLE);
  await pass(3_000);
  expect(server.waiting).toHaveLength(2);
  server.waiting[1].fail(UNREACHABLE);
  await pass(0);
  model.dispose();
  await pass(10_000);
  expect(server.waiting).toHaveLength(2);
});
