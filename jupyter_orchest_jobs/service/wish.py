"""What somebody wants a job to be, before it is checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.cluster import ClusterSettings
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.selection import Selection

LARGE_SNAPSHOT = "large_snapshot"
WITHOUT_SERVICES = "without_services"
MANY_RUNS = "many_runs"
UNKNOWN_STEPS = "unknown_steps"
OVERWRITE_FILE = "overwrite_file"


@dataclass(frozen=True)
class Wish:
    """A job to be.

    Attributes:
        pipeline: absolute path of the pipeline file.
        top: the folder above which the project can't be: the server's root, or the home.
        name: of the job; the pipeline's name if there is none.
        parameters_file: absolute path; None to use the one beside the pipeline, if it exists.
        parameters: lists of values over those of defaults and file.
        settings: the same as the command line gives them, ``STEP.NAME=[…]``; last of all.
        secrets: environment variables whose values are never shown.
        accept: consequences that the user has agreed to: ``large_snapshot``,
            ``without_services``, ``many_runs``, ``unknown_steps``.
        start: whether it starts as soon as its snapshot is taken.
        detect: whether a parameters file beside the pipeline is used by itself.
        before: parameters that the pipeline had when ``parameters`` were made: those of them, and
            of its steps, that it has no longer are left out.
        steps: ids or titles of the steps that are executed.
        up_to: ids or titles of steps that are executed with all on which they depend; if neither
            names one, all steps are executed.
        quick: only to see how steps go: one run, now, with the pipeline's own values.
        schedule: when it fires.
        policies: what happens when something comes in between.
        kernel_names: what pipeline files call kernels and environments → kernelspec's name.
        cluster: the one that is set up.
    """

    pipeline: Path
    top: Path
    name: str | None = None
    parameters_file: Path | None = None
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    settings: Sequence[str] = ()
    selection: Selection = field(default_factory=Selection)
    env_variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    accept: frozenset[str] = frozenset()
    start: bool = False
    detect: bool = True
    before: Mapping[str, Mapping[str, Any]] | None = None
    steps: Sequence[str] = ()
    up_to: Sequence[str] = ()
    quick: bool = False
    schedule: Schedule = field(default_factory=Schedule.now)
    policies: Policies = field(default_factory=Policies)
    kernel_names: Mapping[str, str] = field(default_factory=dict)
    cluster: ClusterSettings = field(default_factory=ClusterSettings)
