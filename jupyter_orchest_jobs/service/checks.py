"""What is refused of a job's wishes, both when it is made and when it is changed."""

import re
from collections.abc import Collection, Mapping

from jupyter_orchest_jobs.domain import jsontext
from jupyter_orchest_jobs.domain.grid import Grid
from jupyter_orchest_jobs.domain.inheriting import OURS
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.selection import Selection
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import (
    ConfirmationNeeded,
    InvalidInput,
    ParametersInvalid,
    Problem,
)
from jupyter_orchest_jobs.files.paths import shown
from jupyter_orchest_jobs.service.wish import MANY_RUNS, Wish

MANY = 1_000
"""From so many runs on, a job needs the user's word."""
MOST_RUNS = 100_000
"""More runs than this no batch has."""

_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_env(variables: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    """Refuse environment variables that no process can have, that are ours, or are there twice.

    Args:
        variables: those that everybody sees.
        secrets: those whose values nobody sees.

    Raises:
        InvalidInput: with all of them; never with a value.
    """
    problems = []
    for name, value in (*variables.items(), *secrets.items()):
        known = f"“{shown(jsontext.short(name))}”".replace("\0", "\\0")
        if not _ENV_NAME.fullmatch(name):
            problems.append(Problem(f"{known} can't be the name of an environment variable."))
        elif name.startswith(OURS):
            problems.append(
                Problem(f"{known} can't be set: names with {OURS} are the product's own.")
            )
        elif "\0" in value:
            problems.append(Problem(f"the value of {known} has a NUL character."))
        elif not jsontext.encodable(value):
            problems.append(Problem(f"the value of {known} is not text in UTF-8."))
    problems += (
        Problem(f"“{name}” is both a variable and a secret; remove one of them.")
        for name in variables
        if name in secrets
    )
    if problems:
        raise InvalidInput.of(problems)


def check_quick(wish: Wish, strategy: Strategy) -> None:
    """Refuse a quick run that would not be one run, now.

    Raises:
        InvalidInput: it is a draft, has a schedule, or several values of a parameter.
    """
    if not wish.start or wish.schedule != Schedule.now():
        raise InvalidInput(
            "A quick run starts at once; leave “quick” out for drafts and schedules."
        )
    if Grid(strategy, wish.selection).included != 1:
        raise ParametersInvalid(
            "A quick run is one run: give each parameter one value, or leave “quick” out."
        )


def check_runs(strategy: Strategy, selection: Selection, accept: Collection[str]) -> None:
    """Refuse what gives no runs or too many, and ask about many.

    Raises:
        ParametersInvalid, ConfirmationNeeded: see there.
    """
    grid = Grid(strategy, selection)
    if grid.included > MOST_RUNS:
        chosen = "" if grid.included == grid.total else "chosen "
        raise ParametersInvalid(
            f"The {chosen}parameters give {grid.included:,} runs; a job has at most "
            f"{MOST_RUNS:,}. Take values out of some lists, or deselect runs."
        )
    if grid.included == 0:
        raise ParametersInvalid("The selection leaves no run; include at least one combination.")
    if grid.included > MANY and MANY_RUNS not in accept:
        raise ConfirmationNeeded(f"This job has {grid.included:,} runs. Run them all?", MANY_RUNS)
