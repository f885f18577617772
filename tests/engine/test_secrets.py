"""Secrets: steps have them, and nothing that stays does."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import Cause, RunStatus
from jupyter_orchest_jobs.engine.environment import read_secrets
from tests.engine.harness import Lab, notebook

VALUE = "hunter22-€"
# What it is, without saying it.
CODE = "import os, hashlib; print(hashlib.sha256(os.environ['TOKEN'].encode()).hexdigest())"


def test_steps_have_them_and_nothing_that_stays(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"TOKEN": VALUE}))
    run = lab.run(
        {"script.py": CODE, "book.ipynb": notebook(CODE)},
        secrets_file=str(file),
        env_variables={"TOKEN": "of before it was a secret"},
    ).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    assert digest(VALUE) in run.log("script")
    assert digest(VALUE) in run.log("book")
    kept = b"".join(path.read_bytes() for path in run.folder.run.rglob("*") if path.is_file())
    assert b"hunter22" not in kept


def test_run_whose_secrets_cannot_be_read_fails_before_any_step(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text("[")
    run = lab.run({"a.py": "print(1)"}, secrets_file=str(file)).launch()
    end = run.finish(quiet=False)
    assert (end.status, end.cause) == (RunStatus.FAILED, Cause.INTERNAL_ERROR)
    assert "secrets can't be read" in (end.message or "")
    assert run.of_kind(journal.StepStarted) == []


def test_job_without_secrets_has_no_file(lab: Lab, tmp_path: Path) -> None:
    run = lab.run({"a.py": "print(1)"}, secrets_file=str(tmp_path / "none.json")).launch()
    assert run.finish().status is RunStatus.SUCCEEDED


@pytest.mark.parametrize("content", [[], {"A": 1}, "A", None], ids=str)
def test_what_is_no_file_of_secrets_is_refused(tmp_path: Path, content: Any) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps(content))
    with pytest.raises(ValueError, match="not a file of secrets"):
        read_secrets(file)


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
