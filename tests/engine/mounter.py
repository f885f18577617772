"""A process that mounts overlays, for tests: they have threads, so they can't themselves.

It does what lines of JSON on its input say, and answers each with one.
"""

import ctypes
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.run import AttemptKind, RunSpec
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.overlay import Overlays, enter_new, make_upper
from jupyter_orchest_jobs.engine.warm.namespaces import NEW_MOUNTS, check
from jupyter_orchest_jobs.engine.working_copy import WorkingCopy
from jupyter_orchest_jobs.files.delta import lay_delta
from tests.files.test_delta import edit
from tests.files.trees import read_tree

_PR_SET_DUMPABLE = 4
_MS_BIND = 4096
_CHANGES = {
    "ctypes.dlsym",  # mount, umount2
    *("os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.setxattr"),
    *("os.symlink", "os.truncate", "os.utime"),
}
"""What may be the last that a runner doesn't do any more."""


def _do(overlays: Overlays, order: dict[str, Any]) -> Any:
    if order["do"] == "attempt":
        return _attempt(overlays, **order["attempt"])
    upper = Path(order["upper"])
    match order["do"]:
        case "mount":
            if not upper.exists():
                make_upper(upper, Path(order["lower"]))
            overlays.mount(Path(order["lower"]), upper)
        case "edit":
            _edit(upper, order["edits"])
        case "bind":
            libc = ctypes.CDLL(None, use_errno=True)
            check(libc.mount(os.fsencode(order["other"]), os.fsencode(upper), None, _MS_BIND, None))
        case "lay":
            lay_delta(Path(order["delta"]), upper)
        case "unmount":
            overlays.unmount(upper)
            return None
    return _seen(upper)


def _attempt(overlays: Overlays, **told: Any) -> Any:
    """Do what a runner does, in a process that has mounts of its own: they go with it.

    Returns:
        What the working copy shows before and after it was cut down; None if it was killed.
    """
    hear, say = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            check(ctypes.CDLL(None, use_errno=True).unshare(NEW_MOUNTS))
            os.fsync = lambda fd: None  # takes long, and no process that dies needs it
            seen = _be_runner(overlays, **told)
            with os.fdopen(say, "w") as pipe:
                json.dump(seen, pipe)
        finally:
            os._exit(0)
    os.close(say)
    with os.fdopen(hear) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else None


def _be_runner(
    overlays: Overlays,
    folder: str,
    kind: str,
    mounts: bool,
    edits: list[tuple[str, str, str]],
    trims: bool,
    killed_at: list[Any] | None,
) -> Any:
    attempt = AttemptFolder(Path(folder))
    attempt.path.mkdir(parents=True)
    spec = RunSpec.from_json(attempt.spec.read_text())
    copy = WorkingCopy(attempt, spec, overlays if mounts else None)
    where, point = killed_at or ("", 0)
    if where == "make":
        _die_at(point)
    copy.make(AttemptKind(kind), lambda: False)
    if where == "make":
        _die_at(0)
    _edit(attempt.work, edits)
    seen = _seen(attempt.work)
    if where == "trim":
        _die_at(point)
    if trims:
        copy.trim()
    return seen


_left = [0]
_hooks: list[None] = []


def _die_at(point: int) -> None:
    """Be killed before so many changes more, counted from 1; by none of them if it is 0."""
    _left[0] = point
    if not _hooks:
        _hooks.append(sys.addaudithook(_pass))


def _pass(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _CHANGES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
        _left[0] -= 1
        if _left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _edit(root: Path, edits: list[tuple[str, str, str]]) -> None:
    for kind, path, other in edits:
        try:
            edit(root, kind, root / path, root / other)
        except (OSError, shutil.Error):
            continue


def _seen(root: Path) -> dict[str, str]:
    return {path: repr(what) for path, what in read_tree(root).items()}


def _try_shared(folder: Path) -> str:
    """Mount over what belongs to a group of ours that isn't our first; "" if we have none.

    Returns:
        Why that can't be done.
    """
    if os.getuid() == 0:
        os.chown(folder, 4242, 4242)
        os.setgroups([4243])
        os.setresgid(4242, 4242, 4242)
        os.setresuid(4242, 4242, 4242)
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # as a new program is
    others = set(os.getgroups()) - {os.getegid()}
    if not others:
        return ""
    os.chown(folder, -1, others.pop())
    folder.chmod(0o2700)
    lower, upper = folder / "lower", folder / "upper"
    lower.mkdir()
    make_upper(upper, lower)
    try:
        enter_new().mount(lower, upper)
    except OSError as error:
        return str(error)
    # What would be if that weren't refused.
    (upper / "new").touch()
    return "nothing"


def main() -> None:
    """Answer until nobody asks."""
    if len(sys.argv) > 1:
        sys.stdout.write(_try_shared(Path(sys.argv[1])))
        return
    overlays = enter_new()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_do(overlays, json.loads(line))) + os.linesep)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
