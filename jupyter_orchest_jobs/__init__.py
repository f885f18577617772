"""Orchest Jobs for JupyterLab; here are only the extension points."""

from __future__ import annotations

from typing import Any

__all__: list[str] = []


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-orchest-jobs"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    # Imported here, so that runners and the CLI do not pay for the server.
    from jupyter_orchest_jobs.app import OrchestJobsApp

    return [{"module": "jupyter_orchest_jobs.app", "app": OrchestJobsApp}]
