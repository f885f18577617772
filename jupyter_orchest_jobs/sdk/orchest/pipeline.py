"""A pipeline as an object, as Orchest's SDK shows it."""

from __future__ import annotations

from typing import Any

from .error import StepUUIDResolveError


class PipelineStep:
    """A step.

    Attributes:
        properties: what the pipeline file says of it.
        parents: the steps that come right before it, in the order of ``incoming_connections``.
        children: the steps that come right after it.
    """

    def __init__(
        self, properties: dict[str, Any], parents: list[PipelineStep] | None = None
    ) -> None:
        self.properties = properties
        self.parents = parents if parents is not None else []
        self.children: list[PipelineStep] = []

    @property
    def name(self) -> str:
        """Its title; its file if it has none."""
        return str(self.properties.get("title") or self.properties.get("file_path") or "")

    def get_params(self) -> dict[str, Any]:
        """Its own parameters."""
        return dict(self.properties.get("parameters") or {})

    def __repr__(self) -> str:
        return f"PipelineStep({self.name!r})"


class Pipeline:
    """A pipeline.

    Attributes:
        steps: in the order of the file.
        properties: ``name``, ``uuid``, ``settings``, ``parameters`` and ``services``.
    """

    def __init__(self, steps: list[PipelineStep], properties: dict[str, Any]) -> None:
        self.steps = steps
        self.properties = properties

    @classmethod
    def from_json(cls, description: dict[str, Any]) -> Pipeline:
        """Make one of what a pipeline file holds.

        Raises:
            StepUUIDResolveError: a step comes after one that isn't there.
        """
        steps = {
            uuid: PipelineStep({"uuid": uuid, **properties})
            for uuid, properties in (description.get("steps") or {}).items()
        }
        for step in steps.values():
            # A parent named twice is one.
            for uuid in dict.fromkeys(step.properties.get("incoming_connections") or ()):
                if uuid not in steps:
                    raise StepUUIDResolveError(
                        f"Step “{step.name}” comes after {uuid}, which is not in the pipeline."
                    )
                step.parents.append(steps[uuid])
                steps[uuid].children.append(step)
        properties = {
            "name": description.get("name") or "",
            "uuid": description.get("uuid") or "",
            "settings": description.get("settings") or {},
            "parameters": description.get("parameters") or {},
            "services": description.get("services") or {},
        }
        return cls(list(steps.values()), properties)

    def to_dict(self) -> dict[str, Any]:
        """What a pipeline file would hold."""
        steps = {step.properties["uuid"]: step.properties for step in self.steps}
        return {"steps": steps, **self.properties}

    def get_step_by_uuid(self, uuid: str) -> PipelineStep:
        """One of its steps.

        Raises:
            StepUUIDResolveError: it has no such step.
        """
        for step in self.steps:
            if step.properties["uuid"] == uuid:
                return step
        raise StepUUIDResolveError(f"The pipeline has no step {uuid}.")

    def get_params(self) -> dict[str, Any]:
        """The parameters of the pipeline."""
        return dict(self.properties["parameters"])

    def __repr__(self) -> str:
        return f"Pipeline({self.steps!r})"
