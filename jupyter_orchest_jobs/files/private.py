"""Files and folders into which nobody but their owner looks, whatever the umask.

The umask itself stays: steps inherit it, and their files are not ours.
"""

import os
from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing; nothing happens if it is there.

    Raises:
        OSError: it can't be made, or something else has its name.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileNotFoundError:
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        if not folder.is_dir():
            raise


def write_private(path: Path, data: bytes) -> None:
    """Write a file that nobody reads meanwhile; for others see :func:`.atomic.write_atomic`.

    Raises:
        OSError: the disk is full, or the like; a part may be there.
    """
    with open(path, "wb", opener=private_opener) as file:
        file.write(data)


def private_opener(path: str, flags: int) -> int:
    """For ``open(opener=…)``: a file that is created is for its owner only."""
    return os.open(path, flags | os.O_CLOEXEC, 0o600)
