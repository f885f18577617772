"""Where a file lies: on a disk of this machine, or somewhere that only looks like one."""

import ctypes
import sys
from pathlib import Path

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


def network_of(folder: Path) -> str | None:
    """The kind of network file system that a folder is on; None for a local or unknown one."""
    magic = magic_of(folder)
    return None if magic is None else NETWORKS.get(magic)


def magic_of(folder: Path) -> int | None:
    """The number by which Linux knows the folder's kind of file system; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    buffer = ctypes.create_string_buffer(_BUFFER)
    if ctypes.CDLL(None).statfs(bytes(folder), buffer) != 0:
        return None
    # The first field, a long but on s390x; the numbers have 32 bits everywhere.
    return int.from_bytes(buffer.raw[: ctypes.sizeof(ctypes.c_long)], sys.byteorder) & 0xFFFFFFFF
