"""Puts the service together, for whoever stands on top of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jupyter_orchest_jobs.engine.overlay import why_not
from jupyter_orchest_jobs.service.acts import Acts
from jupyter_orchest_jobs.service.changes import Changes
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.cluster_look import ClusterLook
from jupyter_orchest_jobs.service.environment_look import EnvironmentLook
from jupyter_orchest_jobs.service.jobs import Jobs
from jupyter_orchest_jobs.service.run_files import RunFiles
from jupyter_orchest_jobs.service.runs import Runs
from jupyter_orchest_jobs.service.session import Session, open_sqlite
from jupyter_orchest_jobs.service.settings_look import SettingsLook
from jupyter_orchest_jobs.service.snapshot_look import SnapshotLook
from jupyter_orchest_jobs.service.state import StateDir


@dataclass(frozen=True)
class Services:
    """Everything that users can do with one state directory."""

    session: Session
    jobs: Jobs
    runs: Runs
    changes: Changes
    acts: Acts
    files: RunFiles
    look: SnapshotLook
    environments: EnvironmentLook
    cluster: ClusterLook
    settings: SettingsLook


def build_services(
    state_dir: Path,
    now: Callable[[], datetime] = utc_now,
    *,
    shared_by_hosts: bool | None = None,
) -> Services:
    """The service on a state directory; nothing is opened or created yet.

    Args:
        state_dir: the directory.
        now: the wall clock.
        shared_by_hosts: whether other hosts use the directory, too; None to find out.
    """
    return services_on(Session(StateDir(state_dir.absolute(), shared_by_hosts), open_sqlite), now)


def services_on(session: Session, now: Callable[[], datetime] = utc_now) -> Services:
    """The service for a program that has a hold on a state directory."""
    jobs = Jobs(session, now)
    runs, changes, acts = Runs(session, now), Changes(session, jobs, now), Acts(session, now)
    looks = SnapshotLook(session), EnvironmentLook(session), ClusterLook(session, now)
    settings = SettingsLook(session, why_not)
    return Services(session, jobs, runs, changes, acts, RunFiles(session), *looks, settings)
