"""Makes one operation on files fail, or all from then on.

Patches functions of this process for good: meant for a child that ends after it.
"""

import builtins
import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OPERATIONS = (
    "open",
    "write",
    "pwrite",
    "copy_file_range",
    "fsync",
    "rename",
    "replace",
    "link",
    "symlink",
    "mkdir",
    "unlink",
    "rmdir",
)
_TO = frozenset({"rename", "replace", "link", "symlink", "copy_file_range"})
"""Of their two paths, the second is where something appears."""
_GIVES = frozenset({"unlink", "rmdir"})
"""They succeed on a full disk, too."""


class Faults:
    """Lets operations below a folder fail.

    Args:
        folder: only what is done below it counts; what SQLite does itself does not.
        point: the first that fails, counted from 1.
        number: of the error, such as ``errno.ENOSPC``.
        lasting: whether all that follow fail, too, which need room: as on a full disk.
    """

    def __init__(self, folder: Path, point: int, number: int, *, lasting: bool) -> None:
        self._folder = os.path.realpath(folder)
        self._left = point
        self._number = number
        self._lasting = lasting
        self.paused = False
        self.story: list[str] = []
        """What failed."""

    @property
    def happened(self) -> bool:
        """Whether anything has failed."""
        return bool(self.story)

    @staticmethod
    @contextmanager
    def pausing(faults: "Faults | None") -> Iterator[None]:
        """Let nothing fail meanwhile."""
        if faults is not None:
            faults.paused = True
        yield
        if faults is not None:
            faults.paused = False

    def install(self) -> None:
        """Begin."""
        for name in OPERATIONS:
            setattr(os, name, self._wrapped(name, getattr(os, name)))
        io.open = builtins.open = self._opening(builtins.open)

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **values: Any) -> Any:
            reads = name == "open" and not (args[1] & (os.O_WRONLY | os.O_RDWR))
            self._pass(name, args[name in _TO], values, needs_room=not reads and name not in _GIVES)
            return real(*args, **values)

        return call

    def _opening(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, mode: str = "r", *args: Any, **values: Any) -> Any:
            reads = not set(mode) & set("wax+")
            if not isinstance(file, int):
                self._pass("open", file, {}, needs_room=not reads)
            opened = real(file, mode, *args, **values)
            return opened if reads else _File(opened, lambda: self._pass("write", file, {}))

        return call

    def _pass(
        self, name: str, target: Any, values: dict[str, Any], *, needs_room: bool = True
    ) -> None:
        path = None if self.paused else self._path(target, values)
        if path is None or not f"{path}/".startswith(f"{self._folder}/"):
            return
        self._left -= 1
        if self._left == 0 or (self._left < 0 and self._lasting and needs_room):
            self.story.append(f"{name} {path}")
            raise OSError(self._number, os.strerror(self._number), path)

    def _path(self, target: Any, values: dict[str, Any]) -> str | None:
        try:
            if isinstance(target, int):
                return str(Path(f"/proc/self/fd/{target}").readlink())
            folder = values.get("dir_fd", values.get("dst_dir_fd"))
            base = Path() if folder is None else Path(f"/proc/self/fd/{folder}").readlink()
        except OSError:
            return None
        return str(base / os.fsdecode(target))


class _File:
    """An open file whose writes may fail."""

    def __init__(self, file: Any, before_write: Callable[[], None]) -> None:
        self._file = file
        self._before_write = before_write

    def write(self, data: Any) -> Any:
        self._before_write()
        return self._file.write(data)

    def __enter__(self) -> "_File":
        self._file.__enter__()
        return self

    def __exit__(self, *error: Any) -> Any:
        return self._file.__exit__(*error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


KINDS = {
    "full": (errno.ENOSPC, False),
    "broken": (errno.EIO, False),
    "stays full": (errno.ENOSPC, True),
}
"""What may be wrong with a disk: number of the error, and whether it lasts."""
