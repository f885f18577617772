"""Pipeline files (``.orchest``), read as Orchest writes them and as they occur in the wild.

The document is kept as it was: keys that we don't know survive. The typed view beside it is
lenient where Orchest's migrations were: ``version``, ``settings``, ``parameters`` and
``services`` may be missing, titles may repeat, steps may have no edges.
"""

import copy
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from jupyter_orchest_jobs.domain import graph, jsontext, stepkinds
from jupyter_orchest_jobs.domain.cluster import amount_of, run_resources
from jupyter_orchest_jobs.errors import MOST_PROBLEMS, InvalidInput, PipelineInvalid, Problem

SUFFIX = ".orchest"
PIPELINE_SCOPE = "pipeline_parameters"
"""The scope of pipeline parameters, in job parameters and parameters files."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""Step ids become folder names: no separators, no leading dot."""


@dataclass(frozen=True)
class Step:
    """One step of a pipeline.

    Attributes:
        id: its key in the file's ``steps``, a UUID.
        title: for people; not unique.
        file_path: POSIX path of the notebook or script, relative to the pipeline file's folder.
        incoming: ids of the steps that must succeed before; their order is meaningful.
        parameters: its own parameters, name to JSON value.
        kernel: the file's kernel name, a hint only.
        environment: Orchest's environment UUID, a hint only.
        position: where it is drawn, (x, y), if the file says so.
        kernelspec: the kernel that was chosen for it, ``meta_data.kernelspec``; empty if none was.
        resources: what it asks of a worker of a cluster, name to a number or a text like ``8GB``.
    """

    id: str
    title: str
    file_path: str
    incoming: tuple[str, ...]
    parameters: Mapping[str, Any]
    kernel: str
    environment: str
    position: tuple[float, float] | None
    kernelspec: str = ""
    resources: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The title, or what Orchest shows when it is empty."""
        return self.title or "Unnamed step"

    @property
    def kind(self) -> stepkinds.KindName | None:
        """The name of its file's sort in ``stepkinds``; None when such files can't be run."""
        kind = stepkinds.kind_of(self.file_path)
        return None if kind is None else kind.name


@dataclass(frozen=True)
class Pipeline:
    """A pipeline: the document as it was, and a typed view of it.

    Attributes:
        document: the whole file as parsed; not to be changed.
        steps: by id, in the order of the file.
        max_parallel: how many steps of one run may execute at once; None for no limit.
        job_services: names of services that Orchest would start with each run of a job.
        other_services: names of all other services.
    """

    document: Mapping[str, Any]
    uuid: str
    name: str
    steps: Mapping[str, Step]
    parameters: Mapping[str, Any]
    max_parallel: int | None
    job_services: tuple[str, ...]
    other_services: tuple[str, ...]

    @property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """The graph: each step's id and the ids of the steps before it."""
        return {step.id: step.incoming for step in self.steps.values()}

    @cached_property
    def order(self) -> list[str]:
        """The ids of its steps, each after those that it depends on."""
        return graph.topological(self.parents)

    @property
    def resources(self) -> dict[str, float]:
        """What a run asks of a worker: of each resource the most that one of its steps asks."""
        return run_resources(step.resources for step in self.steps.values())

    def only(self, steps: Collection[str]) -> "Pipeline":
        """The view of these steps alone, with the edges among them; of all if none is named.

        The document stays whole: steps read there from whom they get data.
        """
        if not steps:
            return self
        kept = {
            step.id: replace(step, incoming=tuple(up for up in step.incoming if up in steps))
            for step in self.steps.values()
            if step.id in steps
        }
        return replace(self, steps=kept)

    def scope_name(self, scope: str) -> str:
        """What to call a scope: “pipeline train”, or the step's title."""
        if scope == PIPELINE_SCOPE:
            return f"pipeline {self.name}"
        step = self.steps.get(scope)
        return step.name if step else scope

    def with_parameters(self, combination: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """The document with the values of one run.

        A scope that the combination has replaces the whole ``parameters`` object of that scope,
        as Orchest does; the others stay as they are.
        """
        document: dict[str, Any] = copy.deepcopy(dict(self.document))
        for scope, values in combination.items():
            if scope == PIPELINE_SCOPE:
                document["parameters"] = dict(values)
            else:
                document["steps"][scope]["parameters"] = dict(values)
        return document


def read_pipeline(text: str, file: str) -> Pipeline:
    """Read a pipeline file.

    Args:
        text: its content.
        file: its path as the user knows it, for errors and as the name of a pipeline that has none.

    Raises:
        PipelineInvalid: malformed JSON, a shape that isn't a pipeline, a dangling edge, a cycle.
    """
    try:
        document = jsontext.parse(text, file)
    except jsontext.JsonProblem as error:
        raise PipelineInvalid.of([error.problem]) from None
    places = jsontext.Places(text)
    steps = _steps(document, file, places)
    pipeline = _pipeline(document, steps, file, places)
    _check_edges(pipeline, file, places)
    return pipeline


def pipeline_of(document: Mapping[str, Any], file: str, steps: Collection[str] = ()) -> Pipeline:
    """The typed view of a document that was checked when it was read.

    Args:
        steps: those that are executed; all if none is named.
    """
    return read_pipeline(json.dumps(document), file).only(steps)


def _pipeline(
    document: dict[str, Any], steps: dict[str, Step], file: str, places: jsontext.Places
) -> Pipeline:
    settings = _object(document, "settings", file, places)
    parameters = _object(document, "parameters", file, places)
    services = _object(document, "services", file, places)
    uuid = str(document.get("uuid") or "")
    if uuid and not _ID.fullmatch(uuid):
        message = f"has the uuid {jsontext.short(uuid)!r}, which is not a UUID."
        raise PipelineInvalid.of([Problem(message, file, *places.of("uuid"))])
    in_jobs = tuple(name for name, service in services.items() if _starts_with_jobs(service))
    stem = PurePosixPath(file.replace("\\", "/")).name.removesuffix(SUFFIX)
    return Pipeline(
        document=document,
        uuid=uuid,
        name=str(document.get("name") or stem),
        steps=steps,
        parameters=parameters,
        max_parallel=_limit(settings.get("max_steps_parallelism")),
        job_services=in_jobs,
        other_services=tuple(name for name in services if name not in in_jobs),
    )


def _limit(raw: Any) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and raw > 0 else None


def _starts_with_jobs(service: Any) -> bool:
    scope = service.get("scope") if isinstance(service, dict) else None
    return isinstance(scope, list | str) and "noninteractive" in scope


def _object(
    document: Mapping[str, Any], key: str, file: str, places: jsontext.Places
) -> dict[str, Any]:
    value = document.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise PipelineInvalid.of(
            [Problem(f"“{key}” must be a JSON object.", file, *places.of(key))]
        )
    return value


def _steps(document: Any, file: str, places: jsontext.Places) -> dict[str, Step]:
    if not isinstance(document, dict) or not isinstance(document.get("steps"), dict):
        message = "is not a pipeline: it needs a JSON object with the object “steps”."
        place = places.of("steps")
        raise PipelineInvalid.of([Problem(message, file, *(place if place.line else places.of()))])
    steps: dict[str, Step] = {}
    problems: list[Problem] = []
    for key, raw in document["steps"].items():
        if len(problems) > MOST_PROBLEMS:
            break
        if not isinstance(raw, dict):
            found, name = ["must be a JSON object."], key
        elif not _ID.fullmatch(key):
            found, name = [f"has the id {jsontext.short(key)!r}, which is not a UUID."], key
        elif key == PIPELINE_SCOPE:
            found, name = ["has an id that stands for the pipeline's parameters."], key
        else:
            step = _step(key, raw)
            steps[key] = step
            found, name = _shape_problems(raw), step.name
        if found:
            place = places.of("steps", key)
            problems.extend(Problem(message, file, *place, name) for message in found)
    if problems:
        raise PipelineInvalid.of(problems)
    return steps


def _step(key: str, raw: dict[str, Any]) -> Step:
    kernel = raw.get("kernel")
    meta = raw.get("meta_data")
    meta = meta if isinstance(meta, dict) else {}
    kernelspec = meta.get("kernelspec")
    incoming = raw.get("incoming_connections")
    parameters = raw.get("parameters")
    resources = raw.get("resources")
    return Step(
        id=key,
        title=str(raw.get("title") or ""),
        file_path=str(raw.get("file_path") or ""),
        # A parent named twice is one edge: some editors have written it so.
        incoming=tuple(dict.fromkeys(map(str, incoming))) if isinstance(incoming, list) else (),
        parameters=parameters if isinstance(parameters, dict) else {},
        kernel=str(kernel.get("name") or "") if isinstance(kernel, dict) else "",
        environment=str(raw.get("environment") or ""),
        position=_position(meta.get("position")),
        kernelspec=kernelspec if isinstance(kernelspec, str) else "",
        resources=resources if isinstance(resources, dict) else {},
    )


def _position(raw: Any) -> tuple[float, float] | None:
    if (
        isinstance(raw, list)
        and len(raw) == 2
        and all(isinstance(number, int | float) for number in raw)
    ):
        return float(raw[0]), float(raw[1])
    return None


def _shape_problems(raw: dict[str, Any]) -> list[str]:
    found = []
    if not isinstance(raw.get("file_path"), str) or not raw["file_path"]:
        found.append("has no “file_path”; name the notebook or script that it runs.")
    elif "\0" in raw["file_path"]:
        found.append("has a “file_path” with a NUL character.")
    if not isinstance(raw.get("incoming_connections"), list | None):
        found.append("has “incoming_connections” that are not a list.")
    if not isinstance(raw.get("parameters"), dict | None):
        found.append("has “parameters” that are not a JSON object.")
    return found + _resource_problems(raw.get("resources"))


def _resource_problems(raw: Any) -> list[str]:
    if not isinstance(raw, dict | None):
        return ['has “resources” that are not a JSON object, such as {"GPU": 1, "memory": "8GB"}.']
    found = []
    for name, amount in (raw or {}).items():
        try:
            amount_of(amount)
        except InvalidInput as error:
            found.append(f"asks for the resource {jsontext.short(name)!r}: {error.message}")
    return found


def _check_edges(pipeline: Pipeline, file: str, places: jsontext.Places) -> None:
    problems = [
        Problem(
            f"depends on step {jsontext.short(missing)}, which is not in the pipeline; "
            "remove it from “incoming_connections”.",
            file,
            *places.of("steps", node, "incoming_connections"),
            pipeline.steps[node].name,
        )
        for node, missing in islice(graph.dangling(pipeline.parents), MOST_PROBLEMS + 1)
    ]
    cycle = None if problems else graph.find_cycle(pipeline.parents)
    if cycle:
        names = " → ".join(f"“{pipeline.steps[node].name}”" for node in [*cycle, cycle[0]])
        problems.append(
            Problem(
                f"the steps depend on each other in a circle: {names}. "
                "Remove one of the connections.",
                file,
                *places.of("steps", cycle[0], "incoming_connections"),
            )
        )
    if problems:
        raise PipelineInvalid.of(problems)
