import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import jupyter_orchest_jobs
from jupyter_orchest_jobs.sdk.orchest import Config, _outputs, _where, transfer

SDK = Path(jupyter_orchest_jobs.__file__).parent / "sdk"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process that has just been started."""
    monkeypatch.setattr(_where, "_said", None)
    monkeypatch.setattr(_where, "_found", {})
    monkeypatch.setattr(_outputs, "_begun", set())
    monkeypatch.setattr(transfer, "_asked", False)
    monkeypatch.setattr(Config, "silence_multiple_data_transfer_calls_warning", False)
    for name in ("JPY_SESSION_NAME", "ORCHEST_SERVER_ROOT", "ORCHEST_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    yield


def step(file: str, *incoming: str, title: str | None = None, **parameters: Any) -> dict[str, Any]:
    return {
        "title": title or file,
        "file_path": file,
        "incoming_connections": list(incoming),
        "parameters": parameters,
    }


Become = Callable[[str], None]


@pytest.fixture
def become(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Become:
    """Go on as another step of a run: a and b come before c, and c before d."""
    document = {
        "uuid": "p",
        "parameters": {},
        "steps": {
            "a": step("a.py", title="Load"),
            "b": step("b.py", title="Clean"),
            "c": step("c.py", "b", "a", title="Train"),
            "d": step("d.py", "c"),
        },
    }
    definition = tmp_path / "pipeline.json"
    definition.write_text(json.dumps(document))
    monkeypatch.setenv("ORCHEST_PIPELINE_PATH", str(definition))
    monkeypatch.setenv("ORCHEST_PROJECT_DIR", str(tmp_path / "project"))
    monkeypatch.setenv("ORCHEST_SESSION_TYPE", "noninteractive")

    def become(step: str) -> None:
        monkeypatch.setenv("ORCHEST_STEP_UUID", step)
        monkeypatch.setattr(transfer, "_asked", False)

    become("a")
    return become
