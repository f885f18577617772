"""The environments of a job's steps: which step has which, and how far each is frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jupyter_orchest_jobs.domain.environment import Environment, EnvironmentState

_UNSETTLED = frozenset({EnvironmentState.WAITING, EnvironmentState.FREEZING})
UNFINISHED = "The job had ended before it was frozen."
UNWANTED = "The job doesn't want its environments frozen."


@dataclass(frozen=True)
class JobEnvironments:
    """What the steps of a job are executed in.

    Attributes:
        items: the environments, each once.
        steps: step id → id of its environment; a step that isn't named has none.
        copies: ids of those that shall be copied where they can't be linked.
    """

    items: tuple[Environment, ...] = ()
    steps: Mapping[str, str] = field(default_factory=dict)
    copies: tuple[str, ...] = ()

    @property
    def waiting(self) -> tuple[Environment, ...]:
        """Those that are neither frozen nor recorded yet."""
        return tuple(item for item in self.items if item.state in _UNSETTLED)

    def find(self, environment_id: str) -> Environment | None:
        """The environment of this id."""
        return next((item for item in self.items if item.id == environment_id), None)

    def of_step(self, step_id: str) -> Environment | None:
        """The environment of a step."""
        return self.find(self.steps.get(step_id, ""))

    def wanted(self, freeze: bool) -> "JobEnvironments":
        """The same as a job's policy wants it: from now on frozen, or not.

        What was frozen and isn't wanted so any more can be had again; what nobody has recorded
        waits for that in any case.
        """

        def item(one: Environment) -> Environment:
            if freeze and one.state is EnvironmentState.LIVE:
                return replace(one, state=EnvironmentState.WAITING, reason="")
            if not freeze and one.state in (EnvironmentState.FROZEN, EnvironmentState.RECORDED):
                return replace(one, state=EnvironmentState.LIVE, reason=UNWANTED)
            return one

        return replace(self, items=tuple(map(item, self.items)))

    def with_(self, environment: Environment, instead_of: str | None = None) -> "JobEnvironments":
        """The same with one environment in another state.

        Args:
            instead_of: the id that it had; its own by default.
        """
        old = environment.id if instead_of is None else instead_of
        # Two may have become one and the same.
        items = {
            found.id: found
            for found in (environment if item.id == old else item for item in self.items)
        }
        steps = {step: environment.id if id == old else id for step, id in self.steps.items()}
        return replace(self, items=tuple(items.values()), steps=steps)

    def abandoned(self) -> "JobEnvironments":
        """The same for a job that has ended while some waited to be frozen."""
        ended = (
            replace(one, state=EnvironmentState.LIVE, reason=UNFINISHED) for one in self.waiting
        )
        after = self
        for one in ended:
            after = after.with_(one)
        return after

    def as_json(self) -> dict[str, Any]:
        """For a database."""
        return {
            "items": [item.as_json() for item in self.items],
            "steps": dict(self.steps),
            "copies": list(self.copies),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "JobEnvironments":
        """Read what :meth:`as_json` made; nothing, for jobs of earlier versions."""
        return cls(
            tuple(Environment.from_json(item) for item in data.get("items", ())),
            dict(data.get("steps", {})),
            tuple(data.get("copies", ())),
        )
