"""The table of contents of a snapshot."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_orchest_jobs.errors import SnapshotFailed
from jupyter_orchest_jobs.files.ignore import IGNORED, LeftOut
from jupyter_orchest_jobs.files.manifest import (
    Item,
    Manifest,
    explain_missing,
    read_manifest,
    verify,
)
from tests.files.test_delta import write_manifest
from tests.files.trees import Content, Link, make_tree

TREE: dict[str, Content] = {"a/x": "one", "a/y": "two", "link": Link("a/x"), "\udcff\n": "odd"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_tree(tmp_path / "project", TREE)
    os.utime(tmp_path / "project/a/x", ns=(10**18, 10**18))
    return write_manifest(tmp_path).folder


def test_a_manifest_survives_its_file(tmp_path: Path) -> None:
    manifest = Manifest(
        id="1",
        project="/p\udcff",
        items={"\udcfe\n": Item("file", 0o644, 3, 10**18 + 1, "ab"), "l": Item("link", target="é"),
               "d": Item("dir", 0o755)},
        left_out=(LeftOut("data", IGNORED, ".gitignore", 3, "data/"), LeftOut(".git", "why")),
        skipped=("a",),
        warnings=("b",),
        commit="c0ffee",
        dirty=2,
    )  # fmt: skip
    path = tmp_path / "manifest.json"
    path.write_text(manifest.to_json(), encoding="ascii")
    assert read_manifest(path) == manifest
    assert (manifest.files, manifest.bytes) == (2, 3)
    entries = json.loads(path.read_bytes())["entries"]
    assert set(entries["d"]) == {"type", "mode"}
    assert set(entries["l"]) == {"type", "target"}


def test_an_untouched_snapshot_verifies(folder: Path) -> None:
    assert verify(folder) == []
    assert verify(folder, contents=False) == []


def sneak(folder: Path) -> None:
    (folder / "a/x").write_text("ONE")
    os.utime(folder / "a/x", ns=(10**18, 10**18))


def replace(folder: Path) -> None:
    (folder / "link").unlink()
    (folder / "link").write_text("")


def redirect(folder: Path) -> None:
    (folder / "link").unlink()
    (folder / "link").symlink_to("\udcff")


EDITS: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "append": (
        lambda p: (p / "a/x").write_text("one more"),
        ["a/x has 8 bytes instead of 3."],
    ),
    "overwrite": (lambda p: (p / "a/x").write_text("ONE"), ["a/x was written to, or touched."]),
    "sneak": (sneak, ["a/x has other content."]),
    "chmod": (lambda p: (p / "a/x").chmod(0o777), ["a/x has mode 777 instead of 644."]),
    "chmod folder": (lambda p: (p / "a").chmod(0o700), ["a has mode 700 instead of 755."]),
    "delete": (lambda p: (p / "\udcff\n").unlink(), ["\\xff\n is missing."]),
    "delete folder": (
        lambda p: shutil.rmtree(p / "a"),
        ["a is missing.", "a/x is missing.", "a/y is missing."],
    ),
    "add": (lambda p: make_tree(p / "new", {"z": ""}), ["new is new.", "new/z is new."]),
    "replace": (
        replace,
        ["link is no link any more."],
    ),
    "redirect": (
        redirect,
        ["link leads to \\xff now."],
    ),
    "all": (lambda p: shutil.rmtree(p), ["project: can't be read: No such file or directory."]),
}


@pytest.mark.parametrize("name", EDITS)
def test_each_difference_is_named(folder: Path, name: str) -> None:
    for path in ("project/a", "project/a/x"):
        (folder / path).chmod(0o755 if path.endswith("a") else 0o644)
    act, expected = EDITS[name]
    write_manifest(folder)
    act(folder / "project")
    assert verify(folder) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [(None, "is missing"), ("{", "is damaged"), ("[]", "is damaged"), ("{}", "is damaged"),
     ('{"version": 99}', "newer version"), ("\0", "is damaged")],
)  # fmt: skip
def test_a_manifest_that_cannot_be_read(folder: Path, text: str | None, why: str) -> None:
    (folder / "manifest.json").unlink()
    if text is not None:
        (folder / "manifest.json").write_text(text)
    with pytest.raises(SnapshotFailed, match=why):
        read_manifest(folder / "manifest.json")
    assert why in verify(folder)[0]
    assert explain_missing(folder / "manifest.json", "a") is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("data", "data was left out of the snapshot by .gitignore line 3 (“data/”)"),
        (
            "./data//sub/../train.csv",
            "data/train.csv was left out of the snapshot by .gitignore line 3 (“data/”)",
        ),
        ("data\udcff", "data\\xff was left out of the snapshot by .gitignore line 4 (“data?”)"),
        ("env/x", "env/x was left out of the snapshot: virtual environments are not copied"),
        ("data-2/x", None),
        ("x", None),
        ("", None),
        ("/data/x", None),
        ("../data", None),
    ],
)
def test_what_is_missing_is_explained(tmp_path: Path, path: str, expected: str | None) -> None:
    left_out = (
        LeftOut("data", IGNORED, ".gitignore", 3, "data/"),
        LeftOut("data\udcff", IGNORED, ".gitignore", 4, "data?"),
        LeftOut("env", "virtual environments are not copied"),
    )
    (tmp_path / "m").write_text(Manifest("1", "/p", {}, left_out).to_json())
    assert explain_missing(tmp_path / "m", path) == expected
