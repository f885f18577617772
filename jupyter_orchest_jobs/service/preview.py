"""Looking ahead at a schedule, by the code that fires."""

from dataclasses import replace
from datetime import datetime

from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.service.firings import next_firing


def preview(
    schedule: Schedule, policies: Policies, now: datetime, count: int
) -> tuple[str, list[datetime]]:
    """What a schedule means in words, and its next firings: by the code that fires."""
    job = Job(
        id="",
        name="",
        project="",
        pipeline_path="",
        pipeline_name="",
        document={},
        strategy=Strategy({}),
        created_at=now,
        schedule=schedule,
        policies=policies,
    )
    found: list[datetime] = []
    moment: datetime | None = now
    while moment is not None and len(found) < count:
        moment = next_firing(replace(job, batches_made=len(found)), moment)
        if moment is not None:
            found.append(moment)
    return schedule.describe(), found
