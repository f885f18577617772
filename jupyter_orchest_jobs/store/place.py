"""Where a file lies: on a disk of this machine, or somewhere that other hosts reach, too."""

import ctypes
import json
import sys
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.hosts import LEASE_S, Sharing

_BUFFER = 1024
"""More than any system's ``struct statfs``."""

NETWORKS = {
    0x0000517B: "SMB",
    0x0000564C: "NCP",
    0x00006969: "NFS",
    0x00C36400: "Ceph",
    0x01021997: "9P",
    0x01161970: "GFS2",
    0x0BD00BD0: "Lustre",
    0x19830326: "BeeGFS",
    0x20030528: "OrangeFS",
    0x47504653: "GPFS",
    0x5346414F: "AFS",
    0x65735546: "FUSE",
    0x6B414653: "AFS",
    0x73757245: "Coda",
    0x7461636F: "OCFS2",
    0x786F4256: "a shared folder of VirtualBox",
    0x7C7C6673: "a shared folder of Parallels",
    0xAAD7AAEA: "PanFS",
    0xBACBACBC: "a shared folder of VMware",
    0xFE534D42: "SMB",
    0xFF534D42: "CIFS",
}
"""What ``statfs`` calls file systems whose files other machines or programs serve.

Memory that processes share through such a file, as SQLite's WAL mode needs it, may differ between
machines; and FUSE is anything, sshfs and cloud storage among it.
"""


SHARING = "sharing.json"
"""What an administrator has said about a folder and its hosts."""


def network_of(folder: Path) -> str | None:
    """The kind of network file system that a folder is on; None for a local or unknown one."""
    magic = magic_of(folder)
    return None if magic is None else NETWORKS.get(magic)


def sharing_of(
    folder: Path, by_hosts: bool | None = None, host: str | None = None
) -> Sharing | None:
    """How the hosts that share a folder get along; None if only this one uses it.

    Whether there are others is said by who asks, else by the folder's `sharing.json`, else it is
    believed of network file systems.

    Args:
        folder: need not exist yet.
        by_hosts: whether other hosts use the folder, too; None to find out.
        host: which host this is; found out by default.

    Raises:
        StoreUnavailable: what stands in the file can't be understood.
    """
    said = _said(folder)
    if by_hosts is None:
        by_hosts = said.get("by_hosts")
    if by_hosts is None:
        there = next(path for path in (folder, *folder.parents) if path.exists())
        by_hosts = network_of(there) is not None
    if not by_hosts:
        return None
    known = {} if host is None else {"host": host}
    return Sharing(**known, lease_s=said.get("lease_s", LEASE_S))


def say_sharing(folder: Path, by_hosts: bool) -> None:
    """Let everybody who uses a folder know whether several hosts do.

    Raises:
        OSError: it can't be written.
        StoreUnavailable: as above.
    """
    said = _said(folder)
    if said.get("by_hosts") is not by_hosts:
        text = json.dumps({"v": 1, **said, "by_hosts": by_hosts})
        write_atomic(folder / SHARING, text.encode())


def _said(folder: Path) -> dict[str, Any]:
    path = folder / SHARING
    try:
        said = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except ValueError:
        said = None
    if isinstance(said, dict):
        by_hosts, lease_s = said.get("by_hosts"), said.get("lease_s", LEASE_S)
        if by_hosts in (True, False, None) and type(lease_s) in (int, float) and lease_s > 0:
            return said
    raise StoreUnavailable(f"{path} can't be understood: correct or delete it.")


def magic_of(folder: Path) -> int | None:
    """The number by which Linux knows the folder's kind of file system; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    buffer = ctypes.create_string_buffer(_BUFFER)
    if ctypes.CDLL(None).statfs(bytes(folder), buffer) != 0:
        return None
    # The first field, a long but on s390x; the numbers have 32 bits everywhere.
    return int.from_bytes(buffer.raw[: ctypes.sizeof(ctypes.c_long)], sys.byteorder) & 0xFFFFFFFF
