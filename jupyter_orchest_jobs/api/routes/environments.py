"""What the steps of a job are executed in."""

from jupyter_orchest_jobs.api.routes.base import Operation, environments, schemas

_ONE = "jobs/{id}/environments/{environment}"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "get_environment",
        "GET",
        _ONE,
        "An environment of a job and its packages, as they were when it was frozen.",
        "read",
        environments.EnvironmentDetailAnswer,
    ),
    Operation(
        "get_environment_changes",
        "GET",
        _ONE + "/changes",
        "What has changed in the original since.",
        "read",
        environments.EnvironmentChangesAnswer,
    ),
    Operation(
        "download_lock",
        "GET",
        _ONE + "/lock.txt",
        "The packages as requirements, for uv pip sync.",
        "read",
        content="text/plain",
    ),
    Operation(
        "freeze_environment",
        "POST",
        _ONE + "/freeze",
        "Freeze an environment by a copy, where its files can't be linked.",
        "execute",
        schemas.JobDetailAnswer,
        status=202,
    ),
)
