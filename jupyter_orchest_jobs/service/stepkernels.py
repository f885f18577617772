"""Which kernel each step of a pipeline gets, and which interpreter runs its script."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_orchest_jobs.domain.pipeline import Step
from jupyter_orchest_jobs.engine.kernelspecs import (
    installed_kernels,
    language_of,
    resolve_kernel,
)
from jupyter_orchest_jobs.errors import InvalidInput, Problem

_ORCHEST = "orchest-kernel-"
"""Orchest called the kernel of an environment so, with the environment's UUID after it."""


class Unusable(Exception):
    """A step that can't be run, and why."""


@dataclass(frozen=True)
class Kernels:
    """The kernels that there are, and which of them is meant by other names.

    Attributes:
        installed: kernelspec's name → its language.
        names: what pipeline files and notebooks call a kernel or an environment → kernelspec's
            name: the user's setting.
    """

    installed: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)

    def of_notebook(self, source: bytes, step: Step) -> tuple[str, str | None]:
        """The kernel that a notebook gets, and what the user should know of that.

        In this order: the one that was chosen for the step; the notebook's own, if it is
        installed; what the setting says of its name, or of the step's environment or kernel; the
        default one of its language.

        Raises:
            Unusable: it is no notebook, or there is no such kernel.
        """
        metadata = _metadata(source)
        if step.kernelspec:
            return self._installed(step.kernelspec, "The step"), None
        spec = metadata.get("kernelspec")
        own = str(spec.get("name") or "") if isinstance(spec, dict) else ""
        if own in self.installed:
            return own, None
        named = self._named(own) or self._named(own.removeprefix(_ORCHEST))
        if named is not None:
            return named, None
        language = language_of(metadata, step.kernel, self.installed)
        for hint in (step.environment, step.kernel):
            named = self._named(hint)
            if named is not None and self.installed[named] == language:
                return named, None
        name = resolve_kernel(metadata, step.kernel, self.installed)
        if name is None:
            raise Unusable(
                f"is written in {language}, and no kernel for {language} is installed; install "
                f"one, or change the notebook's kernel. {self._all()}"
            )
        if own:
            return name, f"asks for the kernel “{own}”, which is not installed; “{name}” is used."
        return name, None

    def of_script(self, step: Step) -> tuple[str | None, str | None]:
        """The kernel whose environment a script has, and what the user should know of that.

        Returns:
            None for the kernel where the default of the script's language is meant.

        Raises:
            Unusable: the chosen kernel is not installed, or of another language.
        """
        if step.kind not in ("python", "bash"):
            if not step.kernelspec:
                return None, None
            return None, f"is no notebook: the kernel “{step.kernelspec}” does nothing for it."
        if step.kernelspec:
            name = self._installed(step.kernelspec, "The step")
            if step.kind != "python" or self.installed[name] == "python":
                return name, None
            raise Unusable(
                f"is written in Python, and the kernel “{name}” that was chosen for it is for "
                f"{self.installed[name] or 'another language'}; choose another one."
            )
        named = (self._named(hint) for hint in (step.environment, step.kernel))
        return next(
            (name for name in named if self.installed.get(name or "") == "python"), None
        ), None

    def _named(self, called: str) -> str | None:
        """The kernel that the setting gives a name."""
        if not called or called not in self.names:
            return None
        return self._installed(self.names[called], f"The setting “kernel names” for “{called}”")

    def _installed(self, name: str, whose: str) -> str:
        if name not in self.installed:
            raise Unusable(
                f"can't be run: {whose[0].lower()}{whose[1:]} asks for the kernel “{name}”, which "
                f"is not installed; install it, or choose another one. {self._all()}"
            )
        return name

    def _all(self) -> str:
        return f"Installed: {', '.join(self.installed) or 'none'}."


def check_kernel_names(names: Mapping[str, str]) -> None:
    """Refuse a setting that leads to kernels that are not there.

    Raises:
        InvalidInput: with all of them.
    """
    installed = installed_kernels()
    problems = [
        Problem(
            f"“{called}” can't stand for the kernel “{name}”, which is not installed. "
            f"Installed: {', '.join(installed) or 'none'}."
        )
        for called, name in names.items()
        if name not in installed
    ]
    if problems:
        raise InvalidInput.of(problems)


def _metadata(source: bytes) -> dict[str, Any]:
    try:
        # As Jupyter reads it: outputs may have NaN, and whatever else libraries write.
        notebook = json.loads(source.decode("utf-8"))
        metadata = notebook.get("metadata") or {}
        cells = notebook.get("cells", notebook.get("worksheets"))
        if not isinstance(cells, list) or not isinstance(metadata, dict):
            raise ValueError("not of this form")
    except (ValueError, AttributeError, RecursionError):
        raise Unusable("is not a notebook that can be read; open and save it.") from None
    return metadata
