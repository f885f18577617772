"""The files of a run over HTTP: as a tree, one by one, and as an archive."""

import io
import json
import os
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.job import Batch, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.files.copy import copy_tree
from jupyter_orchest_jobs.files.delta import trim_to_delta
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.snapshot.take import take
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import write_project
from tests.api.test_paths import ways_out
from tests.records import NOW, a_run, stored_job
from tests.servers import Ask

SECRET = "cdf3b2"
PROJECT = {
    "keep.txt": "as it was",
    "change.txt": "before",
    "same-size.txt": "one",
    "gone.txt": "x",
    "data/a.csv": "1,2",
    "data/gone.csv": "3",
    "old/x/y.txt": "deep",
    "deleted.json": "{}",
    ".hidden": "dots",
}


@dataclass(frozen=True)
class Made:
    """A run, and where its working copy is."""

    run: Run
    work: Path
    manifest: Path

    def url(self, tail: str) -> str:
        return f"runs/{self.run.id}/{tail}"

    def trim(self) -> None:
        """What the runner does at the end."""
        trim_to_delta(self.work, self.manifest)


@pytest.fixture
def made(store: SqliteStore, state_dir: Path, tmp_path: Path) -> Made:
    """A run that has changed some files, and goes on."""
    write_project(tmp_path / "project", PROJECT)
    (tmp_path / "project" / "in").symlink_to("data/a.csv")
    info = take(tmp_path / "project", state_dir / "snapshots")
    snapshot = SnapshotState(SnapshotStatus.READY, info.id, info.files, info.bytes)
    job = stored_job(store, project=str(tmp_path / "project"), snapshot=snapshot)
    run = a_run(job, status=RunStatus.RUNNING, attempt=1, started_at=NOW)
    store.add_batch(
        Batch(job.id, 1, "manual", NOW, snapshot_id=info.id, document=job.document), [run], {}
    )
    work = StateDir(state_dir).attempt(run.id, 1).work
    work.parent.mkdir(parents=True)
    copy_tree(info.path / "project", work)
    write_project(
        work, {"change.txt": "after!", "same-size.txt": "two", "out/new ü.txt": "made", "100%": "p"}
    )
    (work / "gone.txt").unlink()
    (work / "data" / "gone.csv").unlink()
    (work / "old" / "x" / "y.txt").unlink()
    (work / "old" / "x").rmdir()
    (work / "leads-out").symlink_to("/etc/passwd")
    return Made(run, work, info.path / "manifest.json")


async def listed(ask: Ask, made: Made, path: str = "") -> dict[str, tuple[str, str]]:
    """What a folder has: path → type and change, in its order."""
    answer = await ask("GET", made.url("files"), path=path)
    assert answer.status == 200, answer.text
    assert answer.data["total"] == len(answer.data["items"])
    return {item["path"]: (item["type"], item["change"]) for item in answer.data["items"]}


TREE = {
    "data": ("dir", "changed"),
    "old": ("dir", "changed"),
    "out": ("dir", "added"),
    ".hidden": ("file", "same"),
    "100%": ("file", "added"),
    "change.txt": ("file", "changed"),
    "deleted.json": ("file", "same"),
    "gone.txt": ("file", "deleted"),
    "in": ("link", "same"),
    "keep.txt": ("file", "same"),
    "leads-out": ("link", "added"),
    "same-size.txt": ("file", "changed"),
}


@pytest.mark.parametrize("is_over", [False, True])
async def test_the_tree_is_the_same_before_and_after_the_end(
    ask: Ask, made: Made, is_over: bool
) -> None:
    if is_over:
        made.trim()
    found = await listed(ask, made)
    assert found == TREE
    assert list(found) == list(TREE)
    data = {"data/a.csv": ("file", "same"), "data/gone.csv": ("file", "deleted")}
    assert await listed(ask, made, "data") == data
    assert await listed(ask, made, "out/") == {"out/new ü.txt": ("file", "added")}
    assert await listed(ask, made, "old") == {"old/x": ("dir", "deleted")}
    assert await listed(ask, made, "old/x") == {"old/x/y.txt": ("file", "deleted")}
    for nothing in ("nowhere", "keep.txt", "in", "leads-out", "data/a.csv/x"):
        assert (await ask("GET", made.url("files"), path=nothing)).status == 404, nothing


@pytest.mark.parametrize("is_over", [False, True])
async def test_a_file_is_as_the_run_has_it(ask: Ask, made: Made, is_over: bool) -> None:
    if is_over:
        made.trim()
    for path, content in {
        "keep.txt": "as it was",
        "change.txt": "after!",
        "out/new ü.txt": "made",
        "deleted.json": "{}",
        "100%": "p",
        ".hidden": "dots",
    }.items():
        answer = await ask("GET", made.url("file"), path=path)
        assert (answer.status, answer.text) == (200, content), path
    for path in ("gone.txt", "data", "", "in", "leads-out", "nowhere", "old/x/y.txt", "100%25"):
        answer = await ask("GET", made.url("file"), path=path)
        assert answer.status == 404, path
        assert "root:" not in answer.text


async def test_a_file_of_the_runs_own_with_the_name_of_our_record(ask: Ask, made: Made) -> None:
    (made.work / "deleted.json").write_text('["mine"]')
    made.trim()
    assert (await listed(ask, made))["deleted.json"] == ("file", "changed")
    assert (await ask("GET", made.url("file"), path="deleted.json")).text == '["mine"]'
    assert not [path for path in await listed(ask, made) if path.startswith("deleted.json.")]
    archive = await unpacked(ask, made)
    assert archive.read("deleted.json") == b'["mine"]'


async def unpacked(ask: Ask, made: Made, **query: Any) -> zipfile.ZipFile:
    """The archive of a run."""
    answer = await ask("GET", made.url("files.zip"), **query)
    assert answer.status == 200, answer.text
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    assert archive.testzip() is None
    return archive


@pytest.mark.parametrize("is_over", [False, True])
async def test_an_archive_has_all_that_is_there(ask: Ask, made: Made, is_over: bool) -> None:
    script = made.work / "out" / "go.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    os.utime(script, (1_600_000_000, 1_600_000_000))
    if is_over:
        made.trim()
    archive = await unpacked(ask, made)
    there = {path for path, (_, change) in TREE.items() if change != "deleted"}
    folders = {"data", "old", "out"}
    assert set(archive.namelist()) == {
        *(there - folders),
        *(f"{folder}/" for folder in folders),
        *("data/a.csv", "out/new ü.txt", "out/go.sh"),
    }
    assert archive.read("out/new ü.txt") == b"made"
    assert archive.read("keep.txt") == b"as it was"
    info = archive.getinfo("out/go.sh")
    assert stat.S_IMODE(info.external_attr >> 16) == 0o755
    assert info.date_time[0] == 2020
    for name, target in {"in": b"data/a.csv", "leads-out": b"/etc/passwd"}.items():
        assert stat.S_ISLNK(archive.getinfo(name).external_attr >> 16)
        assert archive.read(name) == target
    changed = await unpacked(ask, made, changed="true")
    assert {name for name in changed.namelist() if not name.endswith("/")} == {
        *("change.txt", "same-size.txt", "100%", "leads-out", "out/new ü.txt", "out/go.sh"),
    }
    assert (await ask("GET", made.url("files.zip"), changed="maybe")).status == 400


async def test_a_large_file_goes_into_the_archive_in_pieces(ask: Ask, made: Made) -> None:
    content = os.urandom(3_000_000)
    (made.work / "large.bin").write_bytes(content)
    assert (await unpacked(ask, made)).read("large.bin") == content


@pytest.mark.parametrize("is_over", [False, True])
async def test_no_path_leads_out_of_the_run(
    ask: Ask, made: Made, tmp_path: Path, is_over: bool
) -> None:
    outside = tmp_path / "outside"
    write_project(outside, {"secret.txt": SECRET})
    (made.work / "link").symlink_to(outside)
    (made.work / "link.txt").symlink_to(outside / "secret.txt")
    os.mkfifo(made.work / "pipe")
    if is_over:
        made.trim()
    for path in [
        *ways_out("secret.txt", outside),
        "link/secret.txt",
        "link.txt",
        "pipe",
        ".",
        "./",
    ]:
        for tail in ("file", "files"):
            answer = await ask("GET", made.url(tail), path=path)
            assert answer.status in (404, 422), (tail, path[:100])
            assert SECRET not in answer.text
    archive = await unpacked(ask, made)
    assert SECRET not in "".join(
        archive.read(name).decode("latin-1") for name in archive.namelist()
    )


async def test_files_are_shut_in_wherever_they_are_opened(ask: Ask, made: Made) -> None:
    (made.work / "page.html").write_text("<script>alert(1)</script>")
    for tail, query in (("file", {"path": "page.html"}), ("files.zip", {})):
        headers = (await ask("GET", made.url(tail), **query)).headers
        assert "sandbox" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Disposition"].endswith("''run-1.1.zip")


async def test_names_that_are_no_text_are_shown_and_packed(ask: Ask, made: Made) -> None:
    (made.work / os.fsdecode(b"caf\xe9")).write_text("latin")
    assert (await listed(ask, made))["caf\\xe9"] == ("file", "added")
    assert "caf%e9" in (await unpacked(ask, made)).namelist()


async def test_nothing_is_unpacked_elsewhere(ask: Ask, made: Made) -> None:
    odd = {"..\\..\\up.txt": "1", "a\\b/c": "2", "a%5Cb/c": "3", "C:\\x": "4", "~": "5", "%e9": "6"}
    write_project(made.work, odd)
    (made.work / os.fsdecode(b"\xe9")).write_text("7")
    (made.work / "Zoo").symlink_to("/tmp")
    archive = await unpacked(ask, made)
    names = archive.namelist()
    assert len(names) == len(set(names))
    for name in names:
        parts = name.split("/")
        assert not name.startswith("/")
        assert "\\" not in name
        assert ".." not in parts
    contents = sorted(archive.read(name).decode() for name in names if not name.endswith("/"))
    assert set("1234567") <= set(contents)
    # Nothing follows a link, through which it could be written.
    kinds = [stat.S_ISLNK(info.external_attr >> 16) for info in archive.infolist()]
    assert kinds == sorted(kinds)
    assert sum(kinds) == 3


async def test_why_there_are_no_files(ask: Ask, made: Made, store: SqliteStore) -> None:
    made.work.rename(made.work.with_name("elsewhere"))
    for special, words in (
        ({"status": RunStatus.PENDING, "attempt": 0}, "no files yet"),
        ({"status": RunStatus.FAILED, "has_files": False}, "retention"),
        ({"status": RunStatus.CANCELLED, "attempt": 0}, "ended before"),
    ):
        job = stored_job(store)
        run = a_run(job, **special)
        store.add_batch(
            Batch(job.id, 1, "manual", NOW, snapshot_id="x", document=job.document), [run], {}
        )
        answer = (await ask("GET", f"runs/{run.id}/files")).data
        assert (answer["items"], answer["total"]) == ([], 0)
        assert words in answer["note"]
        for tail in ("file?path=x", "files.zip"):
            assert (await ask("GET", f"runs/{run.id}/{tail}")).status == 404
    for tail in ("files", "file?path=x", "files.zip"):
        assert (await ask("GET", f"runs/nobody/{tail}")).status == 404


async def test_what_is_being_cut_down_is_not_taken_for_deleted(ask: Ask, made: Made) -> None:
    made.trim()
    record = json.loads((made.work / "deleted.json").read_bytes())
    assert "keep.txt" not in record["deleted"]
    assert (await listed(ask, made))["keep.txt"] == ("file", "same")
