"""What parts of requests mean, as values of the domain."""

from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.selection import Selection
from jupyter_orchest_jobs.wire import requests
from jupyter_orchest_jobs.wire.base import PoliciesModel


def schedule_of(request: requests.ScheduleRequest | None) -> Schedule | None:
    """The schedule of a request.

    Raises:
        ScheduleInvalid: it means nothing.
    """
    return None if request is None else Schedule.from_json(request.model_dump())


def policies_of(model: PoliciesModel | None) -> Policies | None:
    """The policies of a request.

    Raises:
        PoliciesInvalid: a value is out of its range.
    """
    # Not as it would be sent: times must keep their zones, or the lack of one.
    return None if model is None else Policies.from_json(dict(model))


def selection_of(request: requests.SelectionRequest | None) -> Selection | None:
    """The selection of a request."""
    return None if request is None else Selection.from_json(request.model_dump())
