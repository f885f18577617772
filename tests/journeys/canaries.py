"""Values that must be found nowhere, and who looks for them: on disks, in answers, in processes."""

import base64
import io
import os
import threading
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

import psutil

from tests.journeys.machine import processes_below

_PAUSE_S = 0.05


def forms(value: str) -> set[bytes]:
    """How a value may look where somebody has carried it on."""
    data = value.encode()
    found = {
        data,
        data.hex().encode(),
        quote(value, safe="").encode(),
        quote(value).encode(),
        quote_plus(value).encode(),
        value.encode("utf-16-le"),
        value.encode("ascii", "backslashreplace"),
    }
    # Base64 of a text that it stands in: what doesn't depend on its neighbours.
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + data)[4 if shift else 0 : -4]
        found |= {text, text.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def seen(data: bytes, canaries: Mapping[str, str]) -> set[str]:
    """The names of the canaries that stand in some bytes, also in those of an archive."""
    pieces = [data]
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            pieces += [archive.read(name) for name in archive.namelist()]
    return {
        name
        for name, value in canaries.items()
        if any(form in piece for form in forms(value) for piece in pieces)
    }


def seen_in_files(
    folder: Path, canaries: Mapping[str, str], but: Iterable[Path] = ()
) -> dict[str, set[str]]:
    """Path → the names of the canaries in the file or its name, for the files that have any.

    Args:
        but: folders that are not looked into.
    """
    found = {}
    left_out = set(but)
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if Path(place, name) not in left_out]
        for name in files:
            path = Path(place, name)
            if path.is_file() and (hit := seen(bytes(path) + b"\n" + path.read_bytes(), canaries)):
                found[str(path.relative_to(folder))] = hit
    return found


class Watcher:
    """Looks at all processes of a machine, again and again.

    Attributes:
        commands: all command lines.
        environments: what a command was → the names of all variables and their values.

    Args:
        folder: the machine's.
        tag: of a variable that processes of steps have.
        mark: a file that is made as soon as such a process has been looked at.
    """

    def __init__(self, folder: Path, tag: str, mark: Path) -> None:
        self._folder = folder
        self._tag = f"{tag}=".encode()
        self._mark = mark
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.commands: set[str] = set()
        self.environments: dict[tuple[int, str], bytes] = {}

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_PAUSE_S):
            for process in processes_below(self._folder):
                self._look_at(process)

    def _look_at(self, process: psutil.Process) -> None:
        try:
            command = "\0".join(process.cmdline())
            environ = Path(f"/proc/{process.pid}/environ").read_bytes()
        except (psutil.Error, OSError):
            return
        self.commands.add(command)
        self.environments[process.pid, command] = environ
        if self._tag in environ:
            self._mark.touch()
