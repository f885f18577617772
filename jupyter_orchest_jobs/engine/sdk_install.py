"""Puts the SDK where kernels and scripts of any environment find it."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from jupyter_orchest_jobs.files.atomic import fsync_folder
from jupyter_orchest_jobs.files.private import make_private, private_opener

_SOURCE = Path(__file__).parent.parent / "sdk" / "orchest"
_DIGITS = 16


def install_sdk(state_dir: Path) -> Path:
    """Copy the SDK into the state dir, unless this version of it is there.

    Versions stay side by side: a run keeps the one with which it began.

    Returns:
        The folder to put on ``PYTHONPATH``; it holds ``orchest/`` and nothing else.

    Raises:
        OSError: it can't be written; nothing half-made is left.
    """
    files = {path.name: path.read_bytes() for path in sorted(_SOURCE.iterdir()) if path.is_file()}
    digest = hashlib.sha256()
    for name, data in files.items():
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    parent = state_dir / "sdk"
    target = parent / digest.hexdigest()[:_DIGITS]
    if target.is_dir():
        return target
    make_private(parent)
    temporary = Path(tempfile.mkdtemp(prefix=".part-", dir=parent))
    try:
        package = temporary / "orchest"
        package.mkdir(mode=0o700)
        for name, data in files.items():
            with open(package / name, "xb", opener=private_opener) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        try:
            temporary.rename(target)
        except OSError:
            # Somebody else was quicker, with the same content.
            if not target.is_dir():
                raise
        fsync_folder(parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target
