"""One run: the values it has, the states of its steps, and what its runner is told."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from jupyter_orchest_jobs.domain.status import ENDED_STEPS, Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.domain.strategy import Combination


@dataclass(frozen=True)
class StepRun:
    """One step in the current attempt of a run.

    Attributes:
        step: the step's id in the pipeline.
        message: for people: why it ended as it did.
        cells: how many code cells its notebook has; None for scripts and before its start.
        cells_done: how many of them have finished.
        failed_cell: the code cell that failed, counted from 1.
        limits: notices about output that was left out.
        attempt: the attempt that executed it, where its log and notebook are; an earlier one than
            the run's if it succeeded there and was not executed again. 0 before its attempt.
        tries: how often it was tried in that attempt.
    """

    step: str
    status: StepStatus = StepStatus.PENDING
    cause: Cause | None = None
    message: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    cells: int | None = None
    cells_done: int = 0
    failed_cell: int | None = None
    limits: tuple[str, ...] = ()
    attempt: int = 0
    tries: int = 1


class AttemptKind(StrEnum):
    """What an attempt does with what there is."""

    FIRST = "first"
    RETRY = "retry"
    """Everything from the beginning, in a fresh working copy."""
    RESUME = "resume"
    """What has not succeeded, in the working copy as the attempt before left it."""


@dataclass(frozen=True)
class AttemptOrder:
    """What a runner is told about its attempt; written as ``order.json`` in its folder.

    Attributes:
        done: step id → the attempt in which it succeeded; these are not executed again.
    """

    kind: AttemptKind
    done: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """The text of ``order.json``."""
        return json.dumps({"v": 1, "kind": self.kind, "done": dict(self.done)})

    @classmethod
    def from_json(cls, text: str) -> "AttemptOrder":
        """Read what :meth:`to_json` wrote."""
        data = json.loads(text)
        return cls(AttemptKind(data["kind"]), {step: int(n) for step, n in data["done"].items()})


@dataclass(frozen=True)
class AttemptRecord:
    """An attempt that has ended."""

    number: int
    kind: AttemptKind
    status: RunStatus
    cause: Cause | None
    message: str | None
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class RunFacts:
    """What is known of one run of a job, but for its steps: one combination of values.

    Attributes:
        number: counts the runs of the job from 1, over all batches.
        batch: counts the batches of the job from 1.
        attempt: the current attempt, from 1; 0 before the first.
        combination: scope → name → value.
        metrics: numbers that its steps reported.
        kind: of the current attempt, or of the next one while the run is pending.
        retry_requested: what the user wants an ended run to do again, until that happens.
        pinned: whether it is kept when others are deleted for their age or number.
        size_bytes: what its files take on the disk; None while that is unknown.
        has_files: whether its files are still there, or only its numbers and logs.
        revision: the store's revision at its last change.
    """

    id: str
    job_id: str
    number: int
    batch: int
    combination: Combination
    created_at: datetime
    status: RunStatus = RunStatus.PENDING
    cause: Cause | None = None
    message: str | None = None
    attempt: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    kind: AttemptKind = AttemptKind.FIRST
    retry_requested: AttemptKind | None = None
    pinned: bool = False
    size_bytes: int | None = None
    has_files: bool = True
    revision: int = 0


@dataclass(frozen=True)
class RunLine(RunFacts):
    """A run as lists have it: what its steps come to, without the steps.

    Attributes:
        steps_done: how many of its steps have ended.
        failed_step_id: of the step that failed first, or that was running when the runner died.
    """

    steps_done: int = 0
    failed_step_id: str | None = None


@dataclass(frozen=True)
class Run(RunFacts):
    """One run with its steps.

    Attributes:
        journal_seq: the last journal entry of this attempt that is in these fields.
        history: the attempts before the current one.
    """

    journal_seq: int = 0
    steps: tuple[StepRun, ...] = ()
    history: tuple[AttemptRecord, ...] = ()

    @property
    def steps_done(self) -> int:
        """How many of its steps have ended."""
        return sum(step.status in ENDED_STEPS for step in self.steps)

    @property
    def failed_step_id(self) -> str | None:
        """The id of :attr:`failed_step`."""
        failed = self.failed_step
        return None if failed is None else failed.step

    @property
    def line(self) -> RunLine:
        """The run as lists have it."""
        facts = {item.name: getattr(self, item.name) for item in fields(RunFacts)}
        return RunLine(**facts, steps_done=self.steps_done, failed_step_id=self.failed_step_id)

    @property
    def failed_step(self) -> StepRun | None:
        """The step that failed first, or that was running when the runner died."""
        bad = [
            step
            for step in self.steps
            if step.status in (StepStatus.FAILED, StepStatus.INTERRUPTED)
        ]
        # What was interrupted may have no end: it comes after what failed.
        return min(
            bad, key=lambda step: (step.finished_at is None, str(step.finished_at)), default=None
        )


@dataclass(frozen=True)
class StepEnvironment:
    """A frozen environment, as a step uses it.

    Attributes:
        id: of the environment.
        name: for people.
        program: absolute path of the clone's interpreter.
        path: absolute path of the folder that comes first on ``PATH``.
        prefix: absolute path of the clone.
        variables: further environment variables.
        kernelspec: the kernel as it was installed then, with the clone's paths; None for one that
            had none.
    """

    id: str
    name: str
    program: str
    path: str
    prefix: str
    variables: Mapping[str, str] = field(default_factory=dict)
    kernelspec: Mapping[str, Any] | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "StepEnvironment":
        """Read what ``spec.json`` has of it; keys of a later version are passed over."""
        return cls(**_known(cls, data))


@dataclass(frozen=True)
class StepSpec:
    """What a runner must know of one step.

    Attributes:
        path: of the notebook or script, POSIX, relative to the working copy.
        kind: ``notebook``, ``python`` or another name of ``stepkinds.KINDS``.
        incoming: ids of the steps before it.
        kernel: name of the kernelspec of a notebook.
        environment: where it is executed; None for what is installed when it is.
    """

    id: str
    title: str
    path: str
    kind: str
    incoming: tuple[str, ...]
    kernel: str | None = None
    environment: StepEnvironment | None = None


@dataclass(frozen=True)
class RunSpec:
    """All that a runner is told: immutable, JSON only, written as ``spec.json``.

    Attributes:
        outputs: step id → absolute path of a folder with what it has output in an earlier run, for
            steps that this run leaves out and others of it depend on.
        snapshot: absolute path of the snapshot's folder (manifest.json, project/).
        pipeline_path: of the pipeline file, POSIX, relative to the working copy; "" where a
            notebook or script is run by itself, and there is none.
        document: the pipeline with this run's parameters.
        max_parallel: how many steps of this run may execute at once; None for no limit.
        step_slots: how many step processes may run at once over all runs of the state dir.
        slots_dir: absolute path of the folder with the locks that count them.
        sdk_dir: absolute path of the folder that holds ``orchest/``.
        python: absolute path of the interpreter for Python scripts.
        env_variables: the job's own.
        secrets_file: absolute path of a file with more of them, whose values nobody sees; "" if
            there can't be one.
        data_dir: absolute path of the folder that all runs share, made when a step begins; "" if
            there is none.
        project: absolute real path of the project's folder; gives the project its id in steps.
        run_timeout_s: longest time of an attempt, in seconds; None for no limit.
        step_timeout_s: longest time of one try of a step, in seconds; None for no limit.
        step_retries: how often a step that failed is tried again within the attempt.
        retry_delay_s: how long to wait before the first of these tries, in seconds.
        retry_backoff: by how much each further wait is longer than the one before.
        stop_on_failure: whether a failed step ends the run at once, or only what depends on it.
        preload: modules that are imported before kernels are forked.
        executor: where the run is executed: a name of :class:`.cluster.ExecutorName`.
        resources: what it asks of the worker of a cluster, name → amount; memory in bytes.
        overlays: whether the working copy may be an overlay over the snapshot, where the system can
            do that.
    """

    run_id: str
    job_id: str
    job_number: int
    run_number: int
    pipeline_uuid: str
    pipeline_name: str
    snapshot: str
    pipeline_path: str
    document: Mapping[str, Any]
    steps: tuple[StepSpec, ...]
    max_parallel: int | None
    step_slots: int
    slots_dir: str
    sdk_dir: str
    python: str
    env_variables: Mapping[str, str] = field(default_factory=dict)
    secrets_file: str = ""
    data_dir: str = ""
    project: str = ""
    run_timeout_s: float | None = None
    step_timeout_s: float | None = None
    step_retries: int = 0
    retry_delay_s: float = 10.0
    retry_backoff: float = 2.0
    stop_on_failure: bool = False
    preload: tuple[str, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    executor: str = "local"
    resources: Mapping[str, float] = field(default_factory=dict)
    overlays: bool = False

    @property
    def left_out(self) -> set[str]:
        """Ids of the pipeline's steps that this run does not execute."""
        return self._steps.keys() - {step.id for step in self.steps}

    def parameters_of(self, step: str) -> Mapping[str, Any]:
        """The parameters of a step in this run, name to JSON value."""
        return (self._steps.get(step) or {}).get("parameters") or {}

    @property
    def _steps(self) -> Mapping[str, Any]:
        return self.document.get("steps") or {}

    def to_json(self) -> str:
        """The text of ``spec.json``."""
        steps = [asdict(step) for step in self.steps]
        return json.dumps({"v": 1, **vars(self), "steps": steps}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "RunSpec":
        """Read what :meth:`to_json` wrote; keys of a later version are passed over."""
        data = json.loads(text)
        steps = tuple(_step(step) for step in data["steps"])
        preload = tuple(data.get("preload", ()))
        return cls(**{**_known(cls, data), "steps": steps, "preload": preload})


def _step(data: Mapping[str, Any]) -> StepSpec:
    environment = data.get("environment")
    return StepSpec(
        **{
            **_known(StepSpec, data),
            "incoming": tuple(data["incoming"]),
            "environment": environment and StepEnvironment.from_json(environment),
        }
    )


def _known(
    kind: type[RunSpec | StepSpec | StepEnvironment], data: Mapping[str, Any]
) -> dict[str, Any]:
    names = {item.name for item in fields(kind)}
    return {key: value for key, value in data.items() if key in names}
