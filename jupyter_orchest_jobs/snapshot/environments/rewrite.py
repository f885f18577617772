"""Files of an environment that name its folder: they are written anew, with the clone's."""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jupyter_orchest_jobs.snapshot.environments.editable import loads_packages

_LONGEST = 4 * 2**20
"""Larger files are no scripts."""
_START = 8192
_LONGEST_SHEBANG = 127
_SHEBANG = re.compile(rb"#!([^\n]*)\n")
_PIP = '#!/bin/sh\nexec {python} -m pip "$@"\n'


class Rewriter:
    """Replaces paths by those in the clone.

    Args:
        paths: old → new absolute paths, of folders or files.
    """

    def __init__(self, paths: Mapping[str, str]) -> None:
        self._new = {os.fsencode(old): os.fsencode(new) for old, new in paths.items()}
        longest_first = sorted(self._new, key=len, reverse=True)
        names = b"|".join(re.escape(old) for old in longest_first)
        # Of whole names: what stands for /env is no part of /env-2 or /my/env.
        self._pattern = re.compile(rb"(?<![\w.-])(" + names + rb")(?![\w-]|\.\w)")

    def text(self, text: str) -> str:
        """A text with the paths replaced."""
        return os.fsdecode(self.data(os.fsencode(text)))

    def data(self, data: bytes) -> bytes:
        """The same for bytes."""
        return self._pattern.sub(lambda found: self._new[found[1]], data) if self._new else data

    def script(self, data: bytes) -> bytes:
        """The same for a script, whose first line must remain one that the system can read."""
        new = self.data(data)
        first = _SHEBANG.match(new)
        if first is None or new == data or not _is_too_much(first[1]):
            return new
        # What pip does then: a shell reads the second line, Python a text over two lines.
        python, _, options = _split(first[1])
        line = b"'''exec' \"" + python + b'"' + (b" " + options if options else b"")
        return b"#!/bin/sh\n" + line + b" \"$0\" \"$@\"\n' '''\n" + new[first.end() :]


def _split(command: bytes) -> tuple[bytes, bytes, bytes]:
    """Interpreter and options of a first line; the interpreter's path may have blanks."""
    at = command.rfind(b" -")
    return (command, b"", b"") if at < 0 else (command[:at], b" ", command[at + 1 :])


def _is_too_much(command: bytes) -> bool:
    python = _split(command.strip())[0]
    return b"python" in python and (len(command) + 2 > _LONGEST_SHEBANG or b" " in python)


def may_name_its_folder(path: str, named: frozenset[str]) -> bool:
    """Whether a file of an environment may name the folder of the environment.

    Args:
        path: POSIX, relative to the environment.
        named: further files of which that is known.
    """
    folder, _, name = path.rpartition("/")
    return (
        path == "pyvenv.cfg"
        or folder == "bin"
        or path.startswith(("etc/", "share/jupyter/kernels/"))
        or path in named
        or (folder.startswith(("lib/", "sites/")) and loads_packages(name))
    )


def read_text(path: str, size: int) -> bytes | None:
    """The content of a file if it is text of a reasonable length.

    Raises:
        OSError: it can't be read.
    """
    if size > _LONGEST:
        return None
    with open(path, "rb") as file:  # noqa: PTH123 - for thousands of files
        start = file.read(_START)
        return None if b"\0" in start else start + file.read()


def named_by_conda(prefix: str) -> tuple[frozenset[str], int]:
    """What conda knows of files that name the environment's folder.

    Returns:
        The paths of texts, relative to it; and how many binaries there are.
    """
    texts: set[str] = set()
    binaries = 0
    for file in Path(prefix, "conda-meta").glob("*.json"):
        try:
            listed = json.loads(file.read_bytes())["paths_data"]["paths"]
            named = [one for one in listed if one.get("prefix_placeholder")]
            texts |= {one["_path"] for one in named if one.get("file_mode") == "text"}
            binaries += sum(one.get("file_mode") == "binary" for one in named)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return frozenset(texts), binaries


def pip_shim(python: str) -> str:
    """A ``pip`` for environments without one.

    Else a notebook's ``!pip install`` finds that of some other Python, and changes that.
    """
    quoted = python.replace("'", "'\\''")
    return _PIP.format(python=f"'{quoted}'")


def retargeted(target: str, source: str, clone: str, trees: Sequence[tuple[str, str]]) -> str:
    """Where a symbolic link of a clone leads, so that it doesn't lead into the original.

    Args:
        target: of the original link.
        source: absolute path of the folder that has it.
        clone: the same in the clone, in its final place.
        trees: original and clone of each folder that is cloned.
    """
    full = os.path.normpath(os.path.join(source, target))  # noqa: PTH118  # a text that pathlib would tidy up
    for old, new in trees:
        if full == old or full.startswith(f"{old}/"):
            if not os.path.isabs(target):  # noqa: PTH117  # a text that pathlib would tidy up
                return os.path.relpath(new + full[len(old) :], clone)
            return new + full[len(old) :]
    return full


def outside_paths(sites: Iterable[str], known: Iterable[str]) -> list[str]:
    """Folders from which ``.pth`` files let modules be imported, and which are not cloned.

    Args:
        known: folders that are.
    """
    inside = tuple(f"{folder}/" for folder in known)
    found = []
    for site in sites:
        for file in sorted(Path(site).glob("*.pth")):
            try:
                lines = file.read_text("utf-8", "replace").splitlines()
            except OSError:
                continue
            for line in (one.strip() for one in lines):
                if line and not line.startswith(("#", "import ", "import\t")):
                    path = os.path.realpath(Path(site, line))
                    if not f"{path}/".startswith(inside) and Path(path).exists():
                        found.append(path)
    return list(dict.fromkeys(found))
