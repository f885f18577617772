"""What a run has left: logs, notebooks, files."""

from jupyter_orchest_jobs.api.routes.base import Operation, Query, results

_STEP = "runs/{id}/steps/{step}/"
_WHICH_LOG = (
    Query("attempt", "integer", "Which attempt's log, from 1; else the last one's with this step."),
    Query("try", "integer", "Which try's log in that attempt, from 1; else the last one's."),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "get_run_pipeline",
        "GET",
        "runs/{id}/pipeline",
        "The pipeline with the run's parameters.",
        "read",
        results.PipelineAnswer,
    ),
    Operation(
        "get_log",
        "GET",
        _STEP + "log",
        "A piece of a step's log.",
        "read",
        results.LogAnswer,
        query=(
            Query("offset", "integer", "First byte; negative counts from the end."),
            Query("limit", "integer", "Most bytes: 1 to 4,194,304; 262,144 if left out."),
            *_WHICH_LOG,
        ),
    ),
    Operation(
        "download_log",
        "GET",
        _STEP + "log.txt",
        "The whole log as a file.",
        "read",
        query=_WHICH_LOG,
        content="text/plain",
    ),
    Operation(
        "get_html",
        "GET",
        _STEP + "html",
        "The executed notebook as a sandboxed page.",
        "read",
        query=(
            Query("theme", "string", "light or dark."),
            Query(
                "framed",
                "boolean",
                "In a page around it, which keeps it from leading elsewhere; so it is always sent "
                "to a browser's tab.",
            ),
        ),
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
    Operation(
        "list_run_files",
        "GET",
        "runs/{id}/files",
        "One folder of a run's files.",
        "read",
        results.RunFilesAnswer,
        query=(Query("path", "string", "The folder, relative to the project; else its top."),),
    ),
    Operation(
        "download_run_file",
        "GET",
        "runs/{id}/file",
        "One file of a run.",
        "read",
        query=(Query("path", "string", "Relative to the project."),),
        content="application/octet-stream",
    ),
    Operation(
        "download_run_files",
        "GET",
        "runs/{id}/files.zip",
        "All files of a run.",
        "read",
        query=(Query("changed", "boolean", "Only what differs from the snapshot."),),
        content="application/zip",
    ),
)
