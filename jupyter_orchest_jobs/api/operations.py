"""The route table, as data: what can be asked, with which shapes, and what it takes to be allowed.

Handlers are attached to it by name (:mod:`.handlers`), and the OpenAPI document is made from it
(:mod:`.openapi`), so the three can't differ.
"""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from jupyter_orchest_jobs.wire import requests, schemas

NAMESPACE = "jupyter-orchest-jobs"
AUTH_RESOURCE = "orchest-jobs"

Action = Literal["read", "write", "execute"]


@dataclass(frozen=True)
class Query:
    """One query parameter; all are optional."""

    name: str
    kind: Literal["string", "integer", "boolean"]
    description: str


@dataclass(frozen=True)
class Operation:
    """One verb on one path.

    Attributes:
        name: the handler's name, and the operationId.
        path: below the namespace; ``{id}`` and ``{step}`` are path parameters.
        action: what jupyter_server's authorizer is asked for.
        status: of the answer when all is well.
        content: media type of the answer.
    """

    name: str
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    summary: str
    action: Action
    answer: type[BaseModel] | None = None
    request: type[BaseModel] | None = None
    query: tuple[Query, ...] = ()
    status: int = 200
    content: str = "application/json"


_PAGE = (
    Query("cursor", "string", "next_cursor of the page before."),
    Query("limit", "integer", "Most items to answer with: 1 to 500, 100 if left out."),
    Query("since", "integer", "Only what changed after this revision, all in one page."),
)
_STEP = "runs/{id}/steps/{step}/"

OPERATIONS: tuple[Operation, ...] = (
    Operation("get_server", "GET", "server", "The server half.", "read", schemas.ServerAnswer),
    Operation(
        "get_settings", "GET", "settings", "Limits over all jobs.", "read", schemas.SettingsAnswer
    ),
    Operation(
        "change_settings",
        "PATCH",
        "settings",
        "Change limits.",
        "write",
        schemas.SettingsAnswer,
        requests.SettingsRequest,
    ),
    Operation(
        "list_jobs",
        "GET",
        "jobs",
        "Jobs, newest first.",
        "read",
        schemas.JobsAnswer,
        query=(*_PAGE, Query("status", "string", "Only jobs in this state.")),
    ),
    Operation(
        "create_job",
        "POST",
        "jobs",
        "Check a pipeline and make a job from it; its snapshot is then taken.",
        "execute",
        schemas.JobDetailAnswer,
        requests.CreateJobRequest,
        status=201,
    ),
    Operation("get_job", "GET", "jobs/{id}", "One job.", "read", schemas.JobDetailAnswer),
    Operation(
        "delete_job", "DELETE", "jobs/{id}", "Delete an ended job or a draft.", "write", status=204
    ),
    Operation(
        "start_job",
        "POST",
        "jobs/{id}/start",
        "Start a draft.",
        "execute",
        schemas.JobDetailAnswer,
        status=202,
    ),
    Operation(
        "cancel_job",
        "POST",
        "jobs/{id}/cancel",
        "Cancel a job and its runs.",
        "execute",
        schemas.JobDetailAnswer,
        status=202,
    ),
    Operation(
        "change_job",
        "PATCH",
        "jobs/{id}",
        "Change a draft, or the next batches of an active recurring job.",
        "write",
        schemas.JobDetailAnswer,
        requests.ChangeJobRequest,
    ),
    Operation(
        "pause_job",
        "POST",
        "jobs/{id}/pause",
        "Let a recurring job start no new batches.",
        "execute",
        schemas.JobDetailAnswer,
    ),
    Operation(
        "resume_job",
        "POST",
        "jobs/{id}/resume",
        "Let a paused job start batches again.",
        "execute",
        schemas.JobDetailAnswer,
    ),
    Operation(
        "duplicate_job",
        "POST",
        "jobs/{id}/duplicate",
        "Make a draft with the same settings.",
        "execute",
        schemas.JobDetailAnswer,
        requests.DuplicateRequest,
        status=201,
    ),
    Operation(
        "refresh_snapshot",
        "POST",
        "jobs/{id}/snapshot",
        "Take a new snapshot for the next batches.",
        "execute",
        schemas.JobDetailAnswer,
        requests.SnapshotRequest,
        status=202,
    ),
    Operation(
        "list_batches",
        "GET",
        "jobs/{id}/batches",
        "Batches of a job, newest first.",
        "read",
        schemas.BatchesAnswer,
        query=_PAGE[:2],
    ),
    Operation(
        "run_now",
        "POST",
        "jobs/{id}/batches",
        "Start another batch now.",
        "execute",
        schemas.JobDetailAnswer,
        status=201,
    ),
    Operation(
        "retry_batch",
        "POST",
        "jobs/{id}/batches/{number}/retry",
        "Execute the runs of a batch again that failed or were interrupted.",
        "execute",
        schemas.JobDetailAnswer,
        requests.RetryBatchRequest,
        status=202,
    ),
    Operation(
        "list_firings",
        "GET",
        "jobs/{id}/firings",
        "What became of a job's firings, newest first.",
        "read",
        schemas.FiringsAnswer,
        query=_PAGE[:2],
    ),
    Operation(
        "preview_schedule",
        "POST",
        "schedules/preview",
        "What a schedule means, and when it fires next.",
        "write",
        schemas.PreviewAnswer,
        requests.PreviewRequest,
    ),
    Operation(
        "list_runs",
        "GET",
        "runs",
        "Runs of one job or of all.",
        "read",
        schemas.RunsAnswer,
        query=(
            *_PAGE,
            Query("job", "string", "Only runs of this job."),
            Query("status", "string", "Only runs in this state."),
            Query(
                "sort",
                "string",
                "number, status, started_at or duration; with - in front: descending.",
            ),
        ),
    ),
    Operation("get_run", "GET", "runs/{id}", "One run.", "read", schemas.RunDetailAnswer),
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
    Operation(
        "get_run_pipeline",
        "GET",
        "runs/{id}/pipeline",
        "The pipeline with the run's parameters.",
        "read",
        schemas.PipelineAnswer,
    ),
    Operation(
        "get_log",
        "GET",
        _STEP + "log",
        "A piece of a step's log.",
        "read",
        schemas.LogAnswer,
        query=(
            Query("offset", "integer", "First byte; negative counts from the end."),
            Query("limit", "integer", "Most bytes: 1 to 4,194,304; 262,144 if left out."),
        ),
    ),
    Operation(
        "download_log",
        "GET",
        _STEP + "log.txt",
        "The whole log as a file.",
        "read",
        content="text/plain",
    ),
    Operation(
        "get_html",
        "GET",
        _STEP + "html",
        "The executed notebook as a sandboxed page.",
        "read",
        query=(Query("theme", "string", "light or dark."),),
        content="text/html",
    ),
    Operation(
        "download_notebook",
        "GET",
        _STEP + "notebook.ipynb",
        "The executed notebook as a file.",
        "read",
        content="application/x-ipynb+json",
    ),
)
