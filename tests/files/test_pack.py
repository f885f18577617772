"""Trees of files as a stream: what comes out is what went in, and nothing gets elsewhere."""

import io
import os
import socket
import stat
import tarfile
from pathlib import Path

import pytest

from jupyter_orchest_jobs.errors import InvalidInput
from jupyter_orchest_jobs.files.pack import PIECE, pack, unpack


def stream(*members: tuple[str, bytes], content: bytes = b"evil") -> io.BytesIO:
    """What somebody hostile might send."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w|") as archive:
        for name, kind in members:
            item = tarfile.TarInfo(name)
            item.type = kind
            if kind == tarfile.SYMTYPE:
                item.linkname = "../outside"
            elif kind == tarfile.REGTYPE:
                item.size = len(content)
            archive.addfile(item, io.BytesIO(content))
    return io.BytesIO(data.getvalue())


def test_tree_comes_out_as_it_went_in(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "deep" / "empty").mkdir(parents=True)
    (source / "deep" / "closed").mkdir()
    (source / "deep" / "closed" / "file").write_bytes(b"content")
    (source / os.fsdecode(b"n\xffme")).write_bytes(os.urandom(3 * PIECE + 7))
    (source / ("long" * 60)).write_bytes(b"")
    (source / "link").symlink_to("../../elsewhere")
    os.utime(source / "deep" / "closed" / "file", ns=(1, 1_700_000_000_123_456_789))
    (source / "deep" / "closed" / "file").chmod(0o751)
    (source / "deep" / "closed").chmod(0o555)
    with socket.socket(socket.AF_UNIX) as pipe:
        pipe.bind(str(source / "socket"))
        pieces = list(pack({"a/b": source, "missing": tmp_path / "missing"}))
    assert max(map(len, pieces)) < 3 * PIECE

    unpack(io.BytesIO(b"".join(pieces)), tmp_path / "target")
    there = tmp_path / "target" / "a" / "b"
    found = {path.relative_to(there) for path in there.rglob("*")}
    expected = {path.relative_to(source) for path in source.rglob("*")}
    assert found == expected - {Path("socket")}
    for path in found:
        ours, theirs = source / path, there / path
        before, after = ours.lstat(), theirs.lstat()
        assert before.st_mode == after.st_mode
        if ours.is_symlink():
            assert ours.readlink() == theirs.readlink()
        elif ours.is_file():
            assert ours.read_bytes() == theirs.read_bytes()
            assert before.st_mtime_ns == after.st_mtime_ns
    assert stat.S_IMODE((tmp_path / "target").stat().st_mode) == 0o700
    (there / "deep" / "closed").chmod(0o755)
    (source / "deep" / "closed").chmod(0o755)


def test_single_files_are_packed_and_others_left_out(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name).write_text(name)
    data = b"".join(pack({"tree": tmp_path, "extra": tmp_path / "one"}, "tree/two".__eq__))
    unpack(io.BytesIO(data), tmp_path / "target")
    found = {
        path.relative_to(tmp_path / "target").as_posix() for path in tmp_path.rglob("target/*/*")
    }
    assert found == {"tree/one", "tree/three"}
    assert (tmp_path / "target" / "extra").read_text() == "one"


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside"])
def test_stream_can_not_name_what_is_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        unpack(stream((name, tarfile.REGTYPE)), tmp_path / "in" / "target")
    assert not (tmp_path / "outside").exists()


def test_stream_can_not_follow_a_link_that_it_has_made(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    hostile = stream(("link", tarfile.SYMTYPE), ("link/file", tarfile.REGTYPE))
    with pytest.raises(OSError, match=r"link|Not a directory|symbolic"):
        unpack(hostile, tmp_path / "target")
    assert not list((tmp_path / "outside").iterdir())


def test_stream_replaces_nothing(tmp_path: Path) -> None:
    twice = stream(("file", tarfile.REGTYPE), ("file", tarfile.REGTYPE))
    with pytest.raises(FileExistsError):
        unpack(twice, tmp_path / "target")


def test_stream_that_ends_too_early_is_no_tree(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(os.urandom(PIECE))
    data = b"".join(pack({"file": tmp_path / "file"}))
    with pytest.raises((OSError, tarfile.TarError)):
        unpack(io.BytesIO(data[: PIECE // 2]), tmp_path / "target")
