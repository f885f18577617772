"""Questions to the server half itself."""

from jupyter_orchest_jobs.api.routes.base import Operation, requests, schemas

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
        "preview_schedule",
        "POST",
        "schedules/preview",
        "What a schedule means, and when it fires next.",
        "write",
        schemas.PreviewAnswer,
        requests.PreviewRequest,
    ),
)
