"""The service, as a command has it for as long as it lasts."""

from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jupyter_orchest_jobs.cli.config import shared_by_hosts, state_dir
from jupyter_orchest_jobs.service.build import Services, build_services
from jupyter_orchest_jobs.service.jobs import JobView
from jupyter_orchest_jobs.service.runs import RunView
from jupyter_orchest_jobs.store.contract import RunQuery

_PAGE = 500


@asynccontextmanager
async def opened(arguments: Namespace) -> AsyncIterator[Services]:
    """The service on the state directory that is meant; let go of at the end."""
    given = arguments.state_dir
    services = build_services(state_dir(given), shared_by_hosts=shared_by_hosts(given))
    try:
        yield services
    finally:
        await services.session.close()


async def runs_of(services: Services, view: JobView, batch: int | None = None) -> list[RunView]:
    """The runs of a job by number.

    Args:
        batch: only those of this batch and of later ones.
    """
    found: list[RunView] = []
    cursor = None
    while True:
        query = RunQuery(job_id=view.job.id, sort="-number", cursor=cursor, limit=_PAGE)
        page = await services.runs.page(query)
        found += (one for one in page.items if batch is None or one.run.batch >= batch)
        cursor = page.next_cursor
        if cursor is None or (batch is not None and page.items[-1].run.batch < batch):
            return found[::-1]
