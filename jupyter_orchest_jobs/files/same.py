"""Files of equal content that nobody writes to any more need the disk once."""

import filecmp
import os
import stat
import uuid
from pathlib import Path

from jupyter_orchest_jobs.files.atomic import TEMPORARY


def share(kept: Path, other: Path) -> bool:
    """Let two files be one, as hard links, if both are files of equal content.

    Args:
        kept: stays as it is, but for its permissions, which become those of the other one.
        other: replaced at once. Neither may be written to afterwards but by replacing it.

    Returns:
        Whether they are one now. Where that is impossible, both stay.
    """
    temporary = other.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
    try:
        first, second = kept.lstat(), other.lstat()
        if os.path.samestat(first, second):
            return True
        both = stat.S_ISREG(first.st_mode) and stat.S_ISREG(second.st_mode)
        if not both or not filecmp.cmp(kept, other, shallow=False):
            return False
        os.link(kept, temporary)
        kept.chmod(stat.S_IMODE(second.st_mode))
        temporary.replace(other)
    except OSError:
        temporary.unlink(missing_ok=True)
        return False
    return True
