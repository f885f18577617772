"""Runners that are killed before any change to a working copy, and the attempts after them."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.run import RunSpec
from jupyter_orchest_jobs.files.atomic import TEMPORARY
from jupyter_orchest_jobs.files.delta import rebuild
from tests.engine.harness import Lab
from tests.engine.mounting import Mounter, skip_without_overlays
from tests.files.test_delta import TREE, Snapshot, write_manifest
from tests.files.trees import make_tree, read_tree

EDITS = [
    ("append", "a/a", ""),
    ("remove", "b", ""),
    ("folder", "b/a", ""),
    ("write", "b/a/new", "new"),
    ("remove", "empty", ""),
    ("write", "deleted.json", "own"),
]
FIRST: dict[str, Any] = {"kind": "first", "edits": EDITS}
STORIES: dict[str, list[dict[str, Any]]] = {
    "begins": [{"kind": "first", "killed_at": "make"}],
    "ends": [{**FIRST, "trims": True, "killed_at": "trim"}],
    "ends as a copy": [{**FIRST, "trims": True, "mounts": False, "killed_at": "trim"}],
    "goes on after an end": [{**FIRST, "trims": True}, {"kind": "resume", "killed_at": "make"}],
    "goes on after a death": [FIRST, {"kind": "resume", "killed_at": "make"}],
    "copies after an end": [
        {**FIRST, "trims": True},
        {"kind": "resume", "mounts": False, "killed_at": "make"},
    ],
    "copies after a death": [FIRST, {"kind": "resume", "mounts": False, "killed_at": "make"}],
    "begins again": [FIRST, {"kind": "retry", "killed_at": "make"}],
}
"""The attempts of a run, of which the last is killed."""
AFTER = [(kind, mounts) for kind in ("resume", "retry") for mounts in (True, False)]
SHORT = pytest.param(17, 1, id="short")
LONG = pytest.param(1, len(AFTER), id="long", marks=pytest.mark.soak)


@pytest.fixture(scope="module")
def mounter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mounter]:
    skip_without_overlays(tmp_path_factory.mktemp("trial"))
    mounter = Mounter()
    yield mounter
    mounter.close()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("snapshot")
    make_tree(folder / "project", {**TREE, ".orchest/pipelines/pipeline-uuid/data/left/x": "old"})
    return write_manifest(folder)


@pytest.fixture
def spec(tmp_path: Path, snapshot: Snapshot) -> RunSpec:
    """Of a run that leaves out a step, whose outputs are from an earlier one."""
    outputs = make_tree(tmp_path / "outputs", {"y": "new"})
    made = Lab(tmp_path, None).run({"step.sh": "", "left.sh": ""}).spec
    return replace(
        made, snapshot=str(snapshot.folder), steps=made.steps[:1], outputs={"left": str(outputs)}
    )


@pytest.mark.parametrize(("stride", "turns"), [SHORT, LONG])
@pytest.mark.parametrize("story", STORIES)
def test_attempt_after_a_killed_runner_has_all_of_the_files(
    mounter: Mounter,
    snapshot: Snapshot,
    spec: RunSpec,
    tmp_path: Path,
    story: str,
    stride: int,
    turns: int,
) -> None:
    before = read_tree(snapshot.project)
    run, whole = tmp_path / "run", tmp_path / "whole"

    def tell(attempts: list[dict[str, Any]], point: int = 0) -> list[Any]:
        """What each attempt of a new run shows at its end."""
        shutil.rmtree(run, ignore_errors=True)
        make_tree(run, {"spec.json": spec.to_json()})
        seen = []
        for number, attempt in enumerate(attempts, 1):
            where = attempt.get("killed_at")
            told = {**attempt, "killed_at": where and [where, point]}
            seen.append(mounter.attempt(run / "attempts" / str(number), **told))
        return seen

    edited, fresh = tell([FIRST, {"kind": "retry"}])
    assert fresh[".orchest/pipelines/pipeline-uuid/data/left/y"]
    assert ".orchest/pipelines/pipeline-uuid/data/left/x" not in fresh
    allowed = {"begins": [fresh], "begins again": [edited, fresh]}.get(story, [edited])
    for point in count(1, stride):
        for turn in range(turns):
            kind, mounts = AFTER[(point + turn) % len(AFTER)]
            last = {"kind": kind, "mounts": mounts, "trims": True}
            *_, died, seen = tell([*STORIES[story], last], point)
            seen = {path: what for path, what in seen.items() if TEMPORARY not in path}
            assert seen in ([fresh] if kind == "retry" else allowed), (point, kind, mounts)
            assert {path.name for path in run.iterdir()} == {"attempts", "spec.json", "work"}
            rebuild(snapshot.project, run / "work", whole)
            again = {path: repr(what) for path, what in read_tree(whole).items()}
            assert {path: what for path, what in again.items() if TEMPORARY not in path} == seen
            shutil.rmtree(whole)
        if died is not None:
            break
    assert point > 20
    assert read_tree(snapshot.project) == before
