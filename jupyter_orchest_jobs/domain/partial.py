"""Which steps of a pipeline are executed, if not all."""

from collections.abc import Sequence

from jupyter_orchest_jobs.domain import graph, jsontext
from jupyter_orchest_jobs.domain.pipeline import Pipeline
from jupyter_orchest_jobs.errors import InvalidInput, Problem


def chosen_steps(pipeline: Pipeline, steps: Sequence[str], up_to: Sequence[str]) -> tuple[str, ...]:
    """The ids of the steps that are meant, in the order of the file; none if all are.

    Args:
        steps: ids or titles of steps that are executed.
        up_to: ids or titles of steps that are executed with all on which they depend.

    Raises:
        InvalidInput: there is no such step, or several have that title; with all of these.
    """
    problems: list[Problem] = []
    wanted = {_find(pipeline, name, problems) for name in steps}
    for name in up_to:
        step = _find(pipeline, name, problems)
        wanted |= {step, *graph.ancestors(pipeline.parents, step)}
    if problems:
        raise InvalidInput.of(problems)
    return tuple(step for step in pipeline.steps if step in wanted)


def _find(pipeline: Pipeline, name: str, problems: list[Problem]) -> str:
    if name in pipeline.steps:
        return name
    found = [step.id for step in pipeline.steps.values() if step.name == name]
    if len(found) == 1:
        return found[0]
    short = jsontext.short(name)
    problems.append(
        Problem(
            f"{len(found)} steps are called “{short}”; use the UUID of one: {', '.join(found)}."
            if found
            else f"the pipeline has no step “{short}”."
        )
    )
    return ""
