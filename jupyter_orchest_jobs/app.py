"""The server extension: its settings, its parts, its start and its end."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Unicode, default

if TYPE_CHECKING:
    from jupyter_orchest_jobs.events.watch import Watch
    from jupyter_orchest_jobs.service.build import Services


class OrchestJobsApp(ExtensionApp):
    """Orchest Jobs: run pipelines over a grid of parameters, each run from a snapshot."""

    name = "jupyter_orchest_jobs"
    # The route table and the page belong to JupyterLab: we have neither templates nor a URL.
    load_other_extensions = True

    state_dir = Unicode(
        "",
        config=True,
        help="Folder of jobs, snapshots and runs, shared by all servers and command lines that "
        "name the same one. Empty: orchest-jobs in the Jupyter data directory.",
    )

    shared_by_hosts = Bool(
        None,
        allow_none=True,
        config=True,
        help="Whether several hosts use the state directory at the same time. None: what was said "
        "before, else whether it is on a network file system.",
    )

    report_activity = Bool(
        False,
        config=True,
        help="Count runs that are being executed as activity of this server, so that JupyterHub's "
        "idle culler and shutdown_no_activity_timeout let it live as long as they last.",
    )

    sdk_in_kernels = Bool(
        True,
        config=True,
        help="Whether notebooks that are being written can `import orchest`: kernels and terminals "
        "of this server get the SDK's folder at the end of their PYTHONPATH.",
    )

    @default("config_file_name")
    def _config_file_name(self) -> str:
        # Without this, it would begin with jupyter twice.
        return "jupyter_orchest_jobs_config"

    watch: Watch

    @cached_property
    def services(self) -> Services:
        """All that can be done with the state directory; imported when somebody asks."""
        from jupyter_orchest_jobs.service.build import services_on

        return services_on(self._session)

    def initialize_settings(self) -> None:
        """Put the service together; nothing is opened."""
        with _collecting_later():
            self._put_together()

    def _put_together(self) -> None:
        from jupyter_orchest_jobs.api.call import SETTING
        from jupyter_orchest_jobs.events.watch import Watch, register
        from jupyter_orchest_jobs.service.interactive import offer_sdk
        from jupyter_orchest_jobs.service.session import Session, open_sqlite
        from jupyter_orchest_jobs.service.state import StateDir, default_state_dir

        folder = Path(self.state_dir).expanduser() if self.state_dir else default_state_dir()
        state = StateDir(folder.absolute(), self.shared_by_hosts)
        self._session = Session(state, open_sqlite)
        self.settings[SETTING] = lambda: self.services
        assert self.serverapp is not None  # noqa: S101  # extensions are initialized by a server
        if self.sdk_in_kernels:
            root = Path(self.serverapp.root_dir).expanduser().absolute()
            offer_sdk(os.environ, str(root), state.data)
        events = self.serverapp.event_logger
        assert events is not None  # noqa: S101  # every server has one by now
        register(events)
        on_activity = self._note_activity if self.report_activity else None
        self.watch = Watch(self._session, events, on_activity)

    def initialize_handlers(self) -> None:
        """Hand the route table over."""
        with _collecting_later():
            from jupyter_orchest_jobs.api.handlers import routes

            self.handlers.extend(routes())

    def _note_activity(self) -> None:
        """Move the server's time of its last activity up to now."""
        assert self.serverapp is not None  # noqa: S101  # as above
        times = self.serverapp.web_app.settings["last_activity_times"]
        times[self.name] = datetime.now(UTC)

    async def _start_jupyter_server_extension(self, _serverapp: Any) -> None:
        """Begin to watch, when the server's loop runs."""
        self.watch.start()

    async def stop_extension(self) -> None:
        """Let go of the state directory; conductor and runs go on."""
        await self.watch.stop()
        await self._session.close()


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Let no garbage collection begin.

    What is imported is no garbage, but would set off a search of all that the server has
    imported, which takes longer than these imports; it comes when the server has answered.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
