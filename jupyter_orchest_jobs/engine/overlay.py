"""Working copies without copying: an overlay over the snapshot, seen by the run alone.

Mounting takes rights that users don't have, but for namespaces of their own, where the system
allows these. The runner enters such namespaces before its first step, mounts its working copy, and
whatever it starts is in there with it. Kernels that are forked elsewhere enter them, too. Everybody
else sees the upper folder (:mod:`.files.upper`).
"""

import ctypes
import errno
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NoReturn

from jupyter_orchest_jobs.engine.warm.namespaces import NEW_MOUNTS, NEW_USER, check, enter
from jupyter_orchest_jobs.files.copy import folder_mode
from jupyter_orchest_jobs.files.paths import opened_root
from jupyter_orchest_jobs.files.removal import remove_folder
from jupyter_orchest_jobs.files.upper import mark_upper

PRIVATE = ".overlay-"
"""Begins the names of folders that the system needs beside an upper one."""

_KINDS = ("user", "mnt")
_DETACH = 2
_UNKNOWN = 65534
"""As this are all users and groups seen that have no number of their own in a namespace."""
_ASK_S = 30.0


class Overlays:
    """Mounts overlays that only this process sees, and who has entered its namespaces.

    Attributes:
        namespaces: descriptors of that of users and that of mounts.
    """

    def __init__(self, users: int, mounts: int) -> None:
        self.namespaces = users, mounts

    def mount(self, lower: Path, upper: Path) -> None:
        """Let a folder show another one's content, and keep what is changed in it to itself.

        Nothing waits for the disk in there, not even who asks for that: a working copy is worth
        no more than its run.

        Args:
            lower: nobody may be changing it.
            upper: a folder from :func:`make_upper`.

        Raises:
            OSError: the system can't do it there.
        """
        for folder in (lower, upper):
            _check_owner(folder)
        private = _private(upper)
        remove_folder(private)  # one from before would be refused
        private.mkdir(mode=0o700)
        folders = {"lowerdir": lower, "upperdir": upper, "workdir": private}
        with ExitStack() as stack:
            # Their paths may have any character; those of descriptors don't.
            fds = {kind: stack.enter_context(opened_root(path)) for kind, path in folders.items()}
            options = [f"{kind}=/proc/self/fd/{fd}" for kind, fd in fds.items()]
            text = ",".join([*options, "userxattr", "volatile"]).encode()
            try:
                check(_libc().mount(b"overlay", os.fsencode(upper), b"overlay", 0, text))
            except OSError as error:
                remove_folder(private)
                raise OSError(
                    error.errno, f"The system can mount none there ({error.strerror})"
                ) from error

    def unmount(self, upper: Path) -> None:
        """Let the folder show its own content again, whatever steps have mounted; root may.

        Raises:
            OSError: the system can't do it.
        """
        try:
            while True:
                check(_libc().umount2(os.fsencode(upper), _DETACH))
        except OSError as error:
            if error.errno != errno.EINVAL:  # nothing is mounted there any more
                raise
        remove_folder(_private(upper))


def make_upper(folder: Path, lower: Path) -> None:
    """Make the folder that an overlay over ``lower`` will have its changes in.

    Raises:
        OSError: it is there, or can't be made.
    """
    folder.mkdir(mode=0o700)
    mark_upper(folder)
    folder.chmod(folder_mode(lower.stat().st_mode))


def enter_new() -> Overlays:
    """Enter namespaces in which this process can mount overlays; it must not have a second thread.

    Raises:
        OSError: the system doesn't allow it; nothing has changed.
    """
    said, say = os.pipe()
    hear, tell = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(tell)
        _make_namespaces(say, hear)
    os.close(say)
    os.close(hear)
    try:
        number = int.from_bytes(os.read(said, 4), "little")
        if number:
            raise OSError(number, f"This user may make no namespaces ({os.strerror(number)})")
        _write_maps(pid)
        fds = [os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC) for kind in _KINDS]
    finally:
        os.close(said)
        os.close(tell)
        os.waitpid(pid, 0)
    try:
        enter(*fds)
    except BaseException:
        for fd in fds:
            os.close(fd)
        raise
    return Overlays(*fds)


def why_not(folder: Path) -> str | None:
    """Why overlays can't be had; this takes a process, and a moment.

    Args:
        folder: where the working copies would be; an absolute path.

    Returns:
        A sentence without its stop; None if they can be had.
    """
    if sys.platform != "linux":
        return "Only Linux has overlays"
    # The current folder, here that of a user's project, is no place of modules.
    command = [sys.executable, "-P", "-m", "jupyter_orchest_jobs.engine.overlay", str(folder)]
    try:
        tried = subprocess.run(  # noqa: S603  # ourselves
            command, capture_output=True, text=True, timeout=_ASK_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"It can't be tried ({error})"
    if tried.returncode == 0:
        return None
    return tried.stdout.strip() or f"The trial ended with exit code {tried.returncode}"


def _make_namespaces(say: int, hear: int) -> NoReturn:
    """In a child: make namespaces, and keep them until nobody listens any more."""
    number = 0
    try:
        try:
            check(_libc().unshare(NEW_USER | NEW_MOUNTS))
        except OSError as error:
            number = error.errno or 1
        os.write(say, number.to_bytes(4, "little"))
        os.read(hear, 1)
    finally:
        os._exit(0)


def _write_maps(pid: int) -> None:
    """Let a process in a new namespace be who it was; root, who may be anybody, all others, too."""
    maps = Path(f"/proc/{pid}")
    if os.geteuid() == 0:
        with suppress(OSError):
            for name in ("uid_map", "gid_map"):
                # In a container, these aren't all that there could be.
                known = [line.split() for line in Path("/proc/self", name).read_text().splitlines()]
                lines = [f"{first} {first} {count}\n" for first, _, count in known]
                (maps / name).write_text("".join(lines))
            return
    (maps / "setgroups").write_text("deny")
    for name, number in (("uid_map", os.geteuid()), ("gid_map", os.getegid())):
        (maps / name).write_text(f"{number} {number} 1")


def _try(folder: Path) -> None:
    """Mount an overlay, write into it, and delete.

    Raises:
        OSError: that can't be done.
    """
    with tempfile.TemporaryDirectory(prefix=".overlay-trial-", dir=folder) as name:
        lower, upper = Path(name, "lower"), Path(name, "upper")
        lower.mkdir()
        (lower / "file").touch()
        make_upper(upper, lower)
        overlays = enter_new()
        overlays.mount(lower, upper)
        try:
            (upper / "file").unlink()
            (upper / "other").touch()
        finally:
            overlays.unmount(upper)


def _check_owner(folder: Path) -> None:
    """Refuse what belongs to somebody unknown in the namespaces: in there, it can't be changed.

    Snapshots are like that where a shared folder hands down its group.

    Raises:
        OSError: it does.
    """
    status = folder.stat()
    if _UNKNOWN in {status.st_uid, status.st_gid} - {os.geteuid(), os.getegid()}:
        raise OSError(
            errno.EOVERFLOW, "Files there belong to a group, or user, that isn't the process's own"
        )


def _private(upper: Path) -> Path:
    return upper.with_name(f"{PRIVATE}{upper.name}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    try:
        _try(Path(sys.argv[1]))
    except OSError as error:
        print(error.strerror if error.filename is None else error)  # noqa: T201
        sys.exit(1)
