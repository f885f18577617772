"""Lets a process see what another one has mounted for itself.

Like :mod:`.fork_server` it runs under other interpreters, and uses nothing but their standard
library.
"""

from __future__ import annotations

import ctypes
import os

NEW_MOUNTS = 0x20000
NEW_USER = 0x10000000

_CAPABILITIES_V3 = 0x20080522


def enter(user: int, mounts: int) -> None:
    """Enter namespaces of one's own user, with all rights in there and no more outside.

    Args:
        user: descriptor of ``/proc/PID/ns/user``.
        mounts: descriptor of ``/proc/PID/ns/mnt``.

    Raises:
        OSError: this process has a second thread, or the system doesn't allow it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for fd, kind in ((user, NEW_USER), (mounts, NEW_MOUNTS)):
        check(libc.setns(fd, kind))


def give_up_rights() -> None:
    """Be in the namespaces what one is outside: a user without special rights, unless it is root.

    Raises:
        OSError: the system doesn't allow it.
    """
    if os.geteuid() == 0:
        return
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0)
    none = (ctypes.c_uint32 * 6)()
    check(ctypes.CDLL(None, use_errno=True).capset(header, none))


def check(result: int) -> None:
    """Raise what a function of the C library says went wrong.

    Raises:
        OSError: it returned -1.
    """
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
