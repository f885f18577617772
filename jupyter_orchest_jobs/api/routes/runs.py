"""What users do with runs."""

from jupyter_orchest_jobs.api.routes.base import (
    PAGE,
    SINCE,
    Operation,
    Query,
    requests,
    results,
    schemas,
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "list_runs",
        "GET",
        "runs",
        "Runs of one job or of all.",
        "read",
        schemas.RunsAnswer,
        query=(
            *PAGE,
            SINCE,
            Query("job", "string", "Only runs of this job."),
            Query("status", "string", "Only runs in this state."),
            Query(
                "sort",
                "string",
                "number, status, started_at or duration; within one job also finished_at, "
                "parameter:SCOPE/NAME and metric:NAME. With - in front: descending.",
            ),
            Query("batch", "integer", "Only runs of this batch; with job."),
            Query(
                "text",
                "string",
                "Only runs with this, of at most 1,000 characters, in their number, status, "
                "message or values.",
            ),
            Query(
                "where",
                "string",
                'JSON: [{"scope": …, "name": …, "value": …}, …]. Only runs with one of the values '
                "that are named for each parameter; with job.",
            ),
            Query("steps", "boolean", "With the states of all steps."),
        ),
    ),
    # Before the paths with an id: the first one that fits is taken.
    Operation(
        "act_on_runs",
        "POST",
        "runs/act",
        "The same act on several runs; each is done or refused by itself.",
        "execute",
        results.RunsActAnswer,
        results.RunsActRequest,
    ),
    Operation("get_run", "GET", "runs/{id}", "One run.", "read", schemas.RunDetailAnswer),
    Operation(
        "get_run_neighbours",
        "GET",
        "runs/{id}/neighbours",
        "The runs before and after one in its job.",
        "read",
        results.RunNeighboursAnswer,
    ),
    Operation(
        "cancel_run",
        "POST",
        "runs/{id}/cancel",
        "Cancel a run.",
        "execute",
        schemas.RunDetailAnswer,
        status=202,
    ),
    Operation(
        "retry_run",
        "POST",
        "runs/{id}/retry",
        "Execute an ended run again from the beginning.",
        "execute",
        schemas.RunDetailAnswer,
        status=202,
    ),
    Operation(
        "resume_run",
        "POST",
        "runs/{id}/resume",
        "Execute the steps of an ended run that have not succeeded.",
        "execute",
        schemas.RunDetailAnswer,
        status=202,
    ),
    Operation(
        "pin_run",
        "POST",
        "runs/{id}/pin",
        "Keep a run for ever, or no longer.",
        "write",
        schemas.RunDetailAnswer,
        requests.PinRequest,
    ),
    Operation("delete_run", "DELETE", "runs/{id}", "Delete an ended run.", "write", status=204),
)
