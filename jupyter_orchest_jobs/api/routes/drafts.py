"""What the editor of a draft asks."""

from jupyter_orchest_jobs.api.routes.base import Operation, drafts

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "list_pipelines",
        "GET",
        "pipelines",
        "Pipeline files below the server's root.",
        "read",
        drafts.PipelineFilesAnswer,
    ),
    Operation(
        "expand_grid",
        "POST",
        "strategies/expand",
        "A piece of a grid, and how many runs it gives.",
        "write",
        drafts.GridAnswer,
        drafts.GridRequest,
    ),
    Operation(
        "select_runs",
        "POST",
        "strategies/select",
        "A selection with some combinations included, or left out.",
        "write",
        drafts.SelectAnswer,
        drafts.SelectRequest,
    ),
    Operation(
        "write_parameters_file",
        "POST",
        "parameters-files",
        "Write a parameters file into the project.",
        "execute",
        drafts.ParametersFileAnswer,
        drafts.ParametersFileRequest,
        status=201,
    ),
    Operation(
        "get_snapshot",
        "GET",
        "jobs/{id}/snapshot",
        "What a job's snapshot holds and lacks.",
        "read",
        drafts.SnapshotDetailAnswer,
    ),
    Operation(
        "get_snapshot_changes",
        "GET",
        "jobs/{id}/snapshot/changes",
        "What has changed in the project since the snapshot.",
        "read",
        drafts.SnapshotChangesAnswer,
    ),
)
