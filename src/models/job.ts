/** One job with all that is frozen in it. */

import { IJobsClient } from '../api/client';
import { IChange } from '../api/events';
import { JobDetail } from '../api/types';
import { DetailModel } from './detail';
import { Live } from './live';

export class JobModel extends DetailModel<JobDetail> {
  constructor(
    private readonly _client: IJobsClient,
    live: Live,
    readonly id: string
  ) {
    super(live);
  }

  /** An answer that came by another way, so that it needn't be asked for. */
  accept(job: JobDetail): void {
    this.take(job);
  }

  protected fetch(): Promise<JobDetail> {
    return this._client.getJob(this.id);
  }

  protected concerns(change: IChange): boolean {
    return change.job_id === this.id;
  }
}
