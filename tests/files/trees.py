"""Small trees of files: written from a table, read into one, and dreamt up."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st


@dataclass(frozen=True)
class Link:
    """A symbolic link to be."""

    target: str


Content = bytes | str | Link | None
"""Of a file, a link, or (None) a folder."""


def make_tree(root: Path, tree: Mapping[str, Content]) -> Path:
    """Write a tree; folders above are made as needed."""
    root.mkdir(parents=True, exist_ok=True)
    for path, content in tree.items():
        full = root / path
        if content is None:
            full.mkdir(parents=True, exist_ok=True)
            continue
        full.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            full.symlink_to(content.target)
        else:
            full.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def read_tree(root: Path) -> dict[str, tuple[str, int, bytes | str | None]]:
    """Kind, mode and content by path; what every owner may do is left out of the mode."""
    found: dict[str, tuple[str, int, bytes | str | None]] = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            full = Path(folder, name)
            status = full.lstat()
            mode = stat.S_IMODE(status.st_mode)
            path = str(full.relative_to(root))
            if stat.S_ISLNK(status.st_mode):
                found[path] = ("link", 0, os.readlink(full))  # noqa: PTH115  # a text that pathlib would tidy up
            elif stat.S_ISDIR(status.st_mode):
                found[path] = ("dir", mode | 0o700, None)
            elif stat.S_ISREG(status.st_mode):
                found[path] = ("file", mode | 0o400, full.read_bytes())
            else:
                found[path] = ("special", 0, None)
    return found


def contents(root: Path) -> dict[str, bytes | str | None]:
    """Content by path."""
    return {path: content for path, (_, _, content) in read_tree(root).items()}


file_names = (
    st.one_of(
        st.binary(min_size=1, max_size=12),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).map(str.encode),
        st.sampled_from([b"a\nb", b" ", b"-rf", b":(top)x", b"!x", b"\xff\xfe", b"e\xcc\x81"]),
    )
    .filter(lambda name: b"/" not in name and b"\0" not in name and name not in (b".", b".."))
    .map(os.fsdecode)
)
"""Names that a file can have, as Python writes them."""
