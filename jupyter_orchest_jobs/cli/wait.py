"""``run --wait``: following a job until it has ended. Ctrl-C only stops following."""

import asyncio
import sys
from collections.abc import Callable

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from jupyter_orchest_jobs.cli import show, show_job
from jupyter_orchest_jobs.cli.cluster_notice import ClusterNotice
from jupyter_orchest_jobs.domain.job import SnapshotStatus
from jupyter_orchest_jobs.domain.status import ENDED_JOBS, JobStatus
from jupyter_orchest_jobs.service.build import Services
from jupyter_orchest_jobs.service.jobs import JobView
from jupyter_orchest_jobs.store.contract import RunQuery
from jupyter_orchest_jobs.wire import answers

LOOK_S = 0.2
"""How often the store's revision is looked at."""


async def wait_for(services: Services, job_id: str, *, as_json: bool) -> int:
    """Show a job's progress until it has ended, then its runs.

    Args:
        as_json: print nothing but the job at its end.

    Returns:
        0 if all runs succeeded; 1 if not; 130 if the user stopped waiting.
    """
    try:
        if as_json:
            view = await _follow(services, job_id, None)
        else:
            view = await _follow_with_bar(services, job_id)
    except asyncio.CancelledError:
        job = (await services.jobs.get(job_id)).job
        print(
            f"Job {job.number} goes on. Cancel it with: jupyter orchest-jobs jobs cancel "
            f"{job.number}",
            file=sys.stderr,
        )
        return 130
    if as_json:
        show.print_json(answers.job_detail(view))
    else:
        page = await services.runs.page(RunQuery(job_id=job_id, limit=500))
        show_job.job(view, page.items)
        if page.next_cursor:
            print(f"… and {page.total - len(page.items)} more runs")
    return 0 if _all_succeeded(view) else 1


async def _follow_with_bar(services: Services, job_id: str) -> JobView:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[text]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, disable=not sys.stdout.isatty()) as progress:
        view = await services.jobs.get(job_id)
        bar = progress.add_task(f"Job {view.job.number}", text="", total=None)
        last = ""

        def update(view: JobView) -> None:
            nonlocal last
            text = _text(view)
            progress.update(
                bar, text=text, completed=view.counts.ended, total=view.counts.total or None
            )
            if progress.disable and text != last:
                print(f"Job {view.job.number}: {text}", flush=True)
            last = text

        return await _follow(services, job_id, update)


async def _follow(
    services: Services, job_id: str, update: Callable[[JobView], None] | None
) -> JobView:
    notice = ClusterNotice(services, (await services.jobs.get(job_id)).job)
    seen = -1
    while True:
        revision = await services.session.read(lambda store: store.revision())
        if revision != seen:
            seen = revision
            view = await services.jobs.get(job_id)
            if update is not None:
                update(view)
            if view.job.status in ENDED_JOBS:
                return view
        await notice.look()
        # The conductor may have been killed: whoever waits sees to it that there is one.
        await services.session.ensure_conductor()
        await asyncio.sleep(LOOK_S)


def _text(view: JobView) -> str:
    snapshot = view.job.snapshot
    if view.job.status is JobStatus.DRAFT and snapshot.status is not SnapshotStatus.READY:
        return f"taking the snapshot: {snapshot.files_done} of {snapshot.files} files"
    if view.counts.total == 0 and view.job.status is JobStatus.DRAFT:
        return "starting"
    if view.counts.total == 0 and view.job.next_firing_at is not None:
        return f"waiting for {show.moment(view.job.next_firing_at)}"
    return show.progress(view.counts)


def _all_succeeded(view: JobView) -> bool:
    return view.job.status is JobStatus.SUCCEEDED and view.counts.succeeded == view.counts.total
