"""Removing folders, whatever steps have made of them."""

import contextlib
import os
import stat
from pathlib import Path

from jupyter_orchest_jobs.files.paths import join, opened_folder, opened_root


def remove_folder(path: Path) -> None:
    """Remove a folder with all that is in it, as far as that is possible.

    No link is followed; if the folder has become one, or a file, that is removed. Files are only
    unlinked: by another name they may be the user's, so nothing else is done to them.
    """
    with contextlib.suppress(OSError), opened_root(path.parent) as above:
        _open_up(path.name, above)
        # By paths from the top instead of recursion: neither frames nor descriptors run out.
        folders = [path.name]
        for folder in folders:  # which grows meanwhile
            folders += _unlink_all(above, folder)
        for folder in reversed(folders):
            _remove(above, folder)


def _open_up(name: str, parent: int) -> None:
    """Let us into a folder: steps may have closed theirs, and those of clones are read-only."""
    with contextlib.suppress(OSError):
        mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode) and mode & stat.S_IRWXU != stat.S_IRWXU:
            os.chmod(name, stat.S_IRWXU, dir_fd=parent)


def _unlink_all(above: int, folder: str) -> list[str]:
    """Unlink what is in a folder, less its folders; their paths."""
    folders = []
    with contextlib.suppress(OSError), opened_folder(above, folder) as fd:
        with os.scandir(fd) as entries:
            found = list(entries)
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                _open_up(entry.name, fd)
                folders.append(join(folder, entry.name))
            else:
                with contextlib.suppress(OSError):
                    os.unlink(entry.name, dir_fd=fd)
    return folders


def _remove(above: int, path: str) -> None:
    """Remove what is an empty folder by now, if nobody has swapped it."""
    folder, _, name = path.rpartition("/")
    with contextlib.suppress(OSError), opened_folder(above, folder) as fd:
        try:
            os.rmdir(name, dir_fd=fd)
        except NotADirectoryError:
            os.unlink(name, dir_fd=fd)
