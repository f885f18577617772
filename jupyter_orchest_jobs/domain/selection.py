"""Which combinations of a grid are run.

A selection is everything or nothing, turned around for what its rules match, and once more for
single exceptions. It names values, not places, so it survives edits of the grid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jupyter_orchest_jobs.domain import jsontext
from jupyter_orchest_jobs.domain.strategy import Combination, canonical
from jupyter_orchest_jobs.errors import ParametersInvalid

MAX_EXCEPTIONS = 10_000


@dataclass(frozen=True)
class Rule:
    """Matches the combinations in which a parameter has this value.

    Sameness is that of ``canonical``: neither true nor 1.0 matches 1.
    """

    scope: str
    name: str
    value: Any

    def matches(self, combination: Combination) -> bool:
        """Whether the combination has this value."""
        values = combination.get(self.scope, {})
        return self.name in values and canonical(values[self.name]) == canonical(self.value)


@dataclass(frozen=True)
class Selection:
    """Everything (or nothing) but what the rules match, with single exceptions.

    Attributes:
        base: what holds for a combination that no rule matches.
        rules: a combination that any of them matches is treated the other way.
        exceptions: canonical JSON of combinations that are treated the other way again; equal
            combinations (of a list with a value twice) share one.
    """

    base: Literal["all", "none"] = "all"
    rules: tuple[Rule, ...] = ()
    exceptions: frozenset[str] = frozenset()

    def includes(self, combination: Combination) -> bool:
        """Whether the combination is run. For many of them, see :mod:`.grid`."""
        included = self.base == "all"
        if any(rule.matches(combination) for rule in self.rules):
            included = not included
        if self.exceptions and canonical(combination) in self.exceptions:
            included = not included
        return included

    def as_json(self) -> dict[str, Any]:
        """The selection as it is stored and sent."""
        return {
            "base": self.base,
            "rules": [
                {"scope": rule.scope, "name": rule.name, "value": rule.value} for rule in self.rules
            ],
            "exceptions": sorted(self.exceptions),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Selection":
        """Read what :meth:`as_json` wrote; exceptions may be spaced and ordered in any way.

        Raises:
            ParametersInvalid: not a selection, or more than ``MAX_EXCEPTIONS`` exceptions.
        """
        base = data.get("base", "all")
        rules = data.get("rules", [])
        exceptions = data.get("exceptions", [])
        if base not in ("all", "none"):
            raise ParametersInvalid('A selection\'s “base” is "all" or "none".')
        if not isinstance(rules, list) or not all(
            isinstance(rule, dict) and {"scope", "name", "value"} <= rule.keys() for rule in rules
        ):
            raise ParametersInvalid("A selection's rules are objects with scope, name and value.")
        if not isinstance(exceptions, list) or not all(isinstance(key, str) for key in exceptions):
            raise ParametersInvalid("A selection's exceptions are JSON texts of combinations.")
        if len(exceptions) > MAX_EXCEPTIONS:
            raise ParametersInvalid(
                f"A selection has at most {MAX_EXCEPTIONS} exceptions; use rules instead."
            )
        return cls(
            base=base,
            rules=tuple(
                Rule(str(rule["scope"]), str(rule["name"]), rule["value"]) for rule in rules
            ),
            exceptions=frozenset(map(_canonical_text, exceptions)),
        )


def _canonical_text(text: str) -> str:
    try:
        return canonical(jsontext.parse(text, "selection"))
    except jsontext.JsonProblem as error:
        raise ParametersInvalid(
            error.of(f"The exception {jsontext.short(text)!r} of a selection")
        ) from None
