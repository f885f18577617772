"""Where the values of a job come from: the pipeline's defaults, a parameters file, settings.

A file is merged over the defaults as Orchest does: its scopes come first, in the order of the
file, then the steps that it doesn't name, then the pipeline if it doesn't name that.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_orchest_jobs.domain import jsontext
from jupyter_orchest_jobs.domain.pipeline import PIPELINE_SCOPE, SUFFIX, Pipeline
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import MOST_PROBLEMS, ParametersInvalid, Problem

Lists = Mapping[str, Mapping[str, Sequence[Any]]]


@dataclass(frozen=True)
class ParametersFile:
    """What a parameters file says.

    Attributes:
        lists: for the pipeline and its steps.
        unknown: what it says of steps that the pipeline doesn't have: one problem for each.
    """

    lists: Lists
    unknown: tuple[Problem, ...] = ()


def parameters_file_of(pipeline_path: str) -> str:
    """The path of the parameters file that is found by itself: ``main.parameters.json``."""
    return pipeline_path.removesuffix(SUFFIX) + ".parameters.json"


def defaults(pipeline: Pipeline) -> dict[str, dict[str, list[Any]]]:
    """The pipeline's own values, each as a list of one; scopes without parameters are left out."""
    scopes = {PIPELINE_SCOPE: pipeline.parameters} | {
        step.id: step.parameters for step in pipeline.steps.values()
    }
    return {
        scope: {name: [value] for name, value in values.items()}
        for scope, values in scopes.items()
        if values
    }


def merge(pipeline: Pipeline, given: Lists) -> Strategy:
    """The pipeline's defaults with other lists over them."""
    base = defaults(pipeline)
    rest = [scope for scope in base if scope not in given and scope != PIPELINE_SCOPE]
    rest += [scope for scope in (PIPELINE_SCOPE,) if scope in base and scope not in given]
    order = [*given, *rest] if given else list(base)
    merged = {scope: {**base.get(scope, {}), **given.get(scope, {})} for scope in order}
    return Strategy({scope: names for scope, names in merged.items() if names})


def read_parameters_file(text: str, file: str, pipeline: Pipeline) -> ParametersFile:
    """Read a parameters file.

    Args:
        text: its content.
        file: its path as the user knows it.
        pipeline: whose steps it may name.

    Raises:
        ParametersInvalid: with the place of everything that is wrong. Steps that the pipeline
            doesn't have are no reason alone.
    """
    try:
        data = jsontext.parse(text, file)
    except jsontext.JsonProblem as error:
        raise ParametersInvalid.of([error.problem]) from None
    problems = _problems(data, pipeline, file, text)
    unknown = tuple(problem for problem in problems if not _is_known(problem.scope, pipeline))
    if len(problems) > min(len(unknown), MOST_PROBLEMS):
        raise ParametersInvalid.of(problems)
    known = {scope: names for scope, names in data.items() if _is_known(scope, pipeline)}
    return ParametersFile(known, unknown)


def check_lists(data: Any, pipeline: Pipeline) -> None:
    """Refuse what isn't ``scope → name → non-empty list`` over the steps of the pipeline.

    Raises:
        ParametersInvalid: with everything that is wrong.
    """
    problems = _problems(data, pipeline)
    if problems:
        raise ParametersInvalid.of(problems)


def _is_known(scope: str | None, pipeline: Pipeline) -> bool:
    return scope is None or scope == PIPELINE_SCOPE or scope in pipeline.steps


def _problems(
    data: Any, pipeline: Pipeline, file: str | None = None, text: str = ""
) -> list[Problem]:
    """Everything that is wrong with lists."""
    problems: list[Problem] = []
    places = jsontext.Places(text)

    def add(message: str, *path: str, step: str | None = None) -> None:
        scope, name = (*path, None)[:2]
        problems.append(Problem(message, file, *places.of(*path), step, scope, name))

    if not isinstance(data, dict):
        return [Problem("must be a JSON object.", file, *places.of())]
    for scope, names in data.items():
        if len(problems) > MOST_PROBLEMS:
            break
        title = None if scope == PIPELINE_SCOPE else pipeline.scope_name(scope)
        if not _is_known(scope, pipeline):
            add(
                f"“{jsontext.short(scope)}” is not a step of pipeline {pipeline.name}; "
                f"use a step's UUID or “{PIPELINE_SCOPE}”, or remove it.",
                scope,
            )
        elif not isinstance(names, dict):
            of = "its" if title else "the pipeline's"
            add(f"{of} parameters must be a JSON object: name to list.", scope, step=title)
        else:
            for name, values in names.items():
                if len(problems) > MOST_PROBLEMS:
                    break
                if not isinstance(values, list):
                    add(
                        f"the value of “{name}” must be a list, even for one value: "
                        f"[{jsontext.short(json.dumps(values, ensure_ascii=False))}].",
                        scope,
                        name,
                        step=title,
                    )
                elif not values:
                    add(
                        f"the list of “{name}” is empty and gives no runs; add a value, or "
                        "remove the key to use the default.",
                        scope,
                        name,
                        step=title,
                    )
    return problems


def read_setting(setting: str, pipeline: Pipeline) -> tuple[str, str, list[Any]]:
    """Read ``pipeline.NAME=[…]`` or ``STEP.NAME=[…]`` as the command line takes it.

    STEP is a step's title or id; ``pipeline`` is always the pipeline, also where a step is
    called so. ``NAME=[…]`` is enough where there is only one step, and no other parameters.

    Returns:
        Scope, name, list of values.

    Raises:
        ParametersInvalid: not of this form, no such step, several steps that may be meant, no list.
    """
    target, equals, text = setting.partition("=")
    if target and "." not in target and len(pipeline.steps) == 1 and not pipeline.parameters:
        target = f"{next(iter(pipeline.steps))}.{target}"
    if not equals or not all(target.rpartition(".")) or not jsontext.encodable(target):
        raise ParametersInvalid(
            f"{setting!r} is not a setting; write pipeline.NAME='[…]' or STEP.NAME='[…]'."
        )
    scope, name = _scope_and_name(target, pipeline)
    try:
        values = jsontext.parse(text, setting)
    except jsontext.JsonProblem as error:
        raise ParametersInvalid(error.of(f"The value of {target}")) from None
    check_lists({scope: {name: values}}, pipeline)
    return scope, name, values


def _scope_and_name(target: str, pipeline: Pipeline) -> tuple[str, str]:
    # Titles and names may both have dots, so every dot may be the one between them.
    pieces = target.split(".")
    found: dict[str, str] = {}
    for cut in range(1, len(pieces)):
        scope, name = ".".join(pieces[:cut]), ".".join(pieces[cut:])
        if scope in ("pipeline", PIPELINE_SCOPE):
            return PIPELINE_SCOPE, name
        steps = pipeline.steps.values()
        found |= {step.id: name for step in steps if scope in (step.id, step.name)}
    if len(found) > 1:
        raise ParametersInvalid(
            f"{target!r} may mean {len(found)} steps; use the UUID of one: {', '.join(found)}."
        )
    if not found:
        titles = ", ".join(repr(step.name) for step in pipeline.steps.values())
        raise ParametersInvalid(f"{target!r} names no step; the steps are {titles or 'none'}.")
    return next(iter(found.items()))
