"""Every error that this package raises on purpose, in one tree.

OrchestJobsError
├── InvalidInput              what the user gave can't be used; carries the list of problems
│   ├── PipelineInvalid       a pipeline file, or a step file that it names
│   ├── ParametersInvalid     a parameters file, a strategy, or a selection
│   ├── ScheduleInvalid       a time, a cron expression or a zone that means nothing
│   ├── PoliciesInvalid       a wish of a job (retries, time limits, …) out of its range
│   ├── EnvironmentInvalid    a kernel or interpreter that a step needs
│   └── SnapshotFailed        the project can't be copied as it is
├── ConfirmationNeeded        possible, but only after the user said yes to what it means
├── NotFound                  no such job, run, step, or file
├── WrongState                the thing exists, but not in a state that allows this
├── StoreUnavailable          the database is locked, full, damaged, or newer than this program
│   └── StoreOutdated         it is older than this program: a conductor brings it up to date
├── ConductorUnavailable      no conductor could be started for the state directory
├── EngineError               a run could not go on for a reason outside its steps
└── IllegalTransition         a bug: a state machine was asked for a step that it doesn't have

Each class has a stable ``code``: the API sends it, and clients may rely on it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

MOST_PROBLEMS = 1_000
"""So many are told of one thing; whoever finds more need not look further."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    Attributes:
        message: a whole sentence; says what to do unless that is obvious.
        file: path as the user knows it.
        line: 1-based line in ``file``.
        column: 1-based place in that line, in characters.
        step: title of the pipeline step concerned.
        scope, parameter: the parameter concerned, as a job's lists name it.
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    step: str | None = None
    scope: str | None = None
    parameter: str | None = None

    def __str__(self) -> str:
        where = self.file or ""
        if self.line is not None:
            where += f":{self.line}"
        if self.column is not None:
            where += f":{self.column}"
        prefix = f"{where}: " if where else ""
        if self.step is not None:
            prefix += f"step “{self.step}”: "
        return prefix + self.message


class OrchestJobsError(Exception):
    """Root of the tree.

    Args:
        message: what happened, for the user.
        problems: the single things that are wrong, if there are several or they have a place.
    """

    code = "error"

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)

    def as_dict(self) -> dict[str, object]:
        """The error as it goes over the wire: ``{code, message, problems}``."""
        return {
            "code": self.code,
            "message": self.message,
            "problems": [asdict(problem) for problem in self.problems],
        }


class InvalidInput(OrchestJobsError):
    """What the user gave can't be used."""

    code = "invalid"

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> "InvalidInput":
        """An error whose message is the problems themselves, one a line; at most the first ones."""
        if len(problems) > MOST_PROBLEMS:
            following = problems[MOST_PROBLEMS]
            message = "there is more that is wrong."
            more = Problem(message, following.file, following.line, following.column)
            problems = [*problems[:MOST_PROBLEMS], more]
        return cls("\n".join(str(problem) for problem in problems), problems)


class PipelineInvalid(InvalidInput):
    """A pipeline file, or a step file that it names, can't be run."""

    code = "pipeline_invalid"


class ParametersInvalid(InvalidInput):
    """A parameters file, a strategy, or a selection can't be used."""

    code = "parameters_invalid"


class ScheduleInvalid(InvalidInput):
    """A time, a cron expression or a time zone means nothing, or never comes."""

    code = "schedule_invalid"


class PoliciesInvalid(InvalidInput):
    """What is wished of a job's schedule, runs or files is unknown or out of its range."""

    code = "policies_invalid"


class EnvironmentInvalid(InvalidInput):
    """A kernel or interpreter that a step needs is not there."""

    code = "environment_invalid"


class SnapshotFailed(InvalidInput):
    """The project can't be copied as it is."""

    code = "snapshot_failed"


class ConfirmationNeeded(OrchestJobsError):
    """Possible, but only after the user agreed to it by name.

    Args:
        accept: the word that the caller adds to ``accept`` to go on.
    """

    code = "confirmation_needed"

    def __init__(self, message: str, accept: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, problems)
        self.accept = accept

    def as_dict(self) -> dict[str, object]:
        """As every error, with the word to accept."""
        return {**super().as_dict(), "accept": self.accept}


class NotFound(OrchestJobsError):
    """No such job, run, step, or file."""

    code = "not_found"


class WrongState(OrchestJobsError):
    """The thing exists, but not in a state that allows this."""

    code = "wrong_state"


class StoreUnavailable(OrchestJobsError):
    """The database can't be used now; nothing was changed."""

    code = "store_unavailable"


class StoreOutdated(StoreUnavailable):
    """The database is of an older version, or damaged: a conductor that starts mends that."""


class ConductorUnavailable(OrchestJobsError):
    """No conductor could be started for the state directory."""

    code = "conductor_unavailable"


class EngineError(OrchestJobsError):
    """A run could not go on for a reason outside its steps."""

    code = "engine_error"


class IllegalTransition(OrchestJobsError):
    """A bug: a state machine was asked for a transition that it doesn't have."""

    code = "illegal_transition"
