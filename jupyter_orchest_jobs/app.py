"""The server extension. So far only the shell that JupyterLab needs to find it."""

from __future__ import annotations

from jupyter_server.extension.application import ExtensionApp
from traitlets import Unicode


class OrchestJobsApp(ExtensionApp):
    """Server extension of Orchest Jobs."""

    name = "jupyter_orchest_jobs"
    state_dir = Unicode(
        "", config=True, help="Folder of jobs, snapshots and runs; empty: the Jupyter data dir."
    )
