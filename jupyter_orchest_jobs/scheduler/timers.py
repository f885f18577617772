"""APScheduler, held at arm's length: it arms dates, and knows nothing of jobs.

Its cron is not cron, and its job stores can't be shared; so each timer is one date, kept in memory
and armed again from the store. A timer that is late, or lost with its process, loses nothing: the
store says what is owed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

LOOK = timedelta(seconds=15)
"""Timers count elapsed time. Clocks are set, and laptops sleep: so often it is looked anyway."""


class Timers:
    """One timer for each job; together they say when it is time to look.

    Args:
        now: the wall clock.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._armed: dict[str, datetime] = {}
        self._looked = now()
        self._rang = False

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """End; armed dates are forgotten."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def arm(self, job_id: str, at: datetime | None) -> None:
        """Ring at this time for this job, instead of any time before; None: not at all."""
        if self._armed.get(job_id) == at:
            return
        if self._armed.pop(job_id, None) is not None and self._scheduler.get_job(job_id):
            self._scheduler.remove_job(job_id)
        if at is not None:
            self._armed[job_id] = at
            self._scheduler.add_job(
                self._ring,
                DateTrigger(at),
                [job_id],
                id=job_id,
                misfire_grace_time=None,
                coalesce=True,
                # The one before may be ringing still; without room for both, this one is lost.
                max_instances=1000,
            )

    def rang(self) -> bool:
        """Whether a timer rang since this was asked, or nobody has looked for long."""
        now = self._now()
        rang = self._rang or not timedelta(0) <= now - self._looked < LOOK
        if rang:
            self._rang, self._looked = False, now
        return rang

    def _ring(self, job_id: str) -> None:
        self._armed.pop(job_id, None)
        self._rang = True
