"""Projects for preflight: files on the disk, and what checking them gives."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.errors import OrchestJobsError, Problem
from jupyter_orchest_jobs.service.preflight import Checked, check
from jupyter_orchest_jobs.service.wish import Wish
from tests.factories import pipeline_text


class Project:
    """A folder with a pipeline ``main.orchest``.

    Args:
        root: the project; made.
        steps: as :func:`tests.factories.document` takes them.
        files: name → text, besides an empty script for each step.
        others: keys of the pipeline file.
    """

    def __init__(
        self,
        root: Path,
        steps: Mapping[str, Mapping[str, Any]] | None = None,
        files: Mapping[str, str] | None = None,
        **others: Any,
    ) -> None:
        self.root = root
        root.mkdir()
        ids = {"a": {}} if steps is None else steps
        scripts = {f"{step}.py": "" for step in ids}
        pipeline = {"main.orchest": pipeline_text(steps, **others)}
        for name, text in {**pipeline, **scripts, **(files or {})}.items():
            self.write(name, text)

    @property
    def pipeline(self) -> Path:
        return self.root / "main.orchest"

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def check(self, **wish: Any) -> Checked:
        return check(Wish(**{"pipeline": self.pipeline, "top": self.root, **wish}))

    def refusal(self, kind: type[OrchestJobsError], **wish: Any) -> OrchestJobsError:
        """The error with which it is refused."""
        with pytest.raises(kind) as caught:
            self.check(**wish)
        json.dumps(caught.value.as_dict(), ensure_ascii=False).encode()
        return caught.value

    def problem(self, kind: type[OrchestJobsError], **wish: Any) -> Problem:
        """The only thing that is wrong."""
        (problem,) = self.refusal(kind, **wish).problems
        return problem

    def line(self, name: str, text: str) -> int:
        """On which line of a file a text stands first."""
        lines = (self.root / name).read_text().splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)


def notebook(*sources: str, **metadata: Any) -> str:
    """A notebook of code cells, formatted as Jupyter does."""
    cells = [
        {
            "cell_type": "code",
            "id": str(number),
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source.splitlines(keepends=True),
        }
        for number, source in enumerate(sources)
    ]
    about = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(about, indent=1)
