"""What the application writes is for its own account of the machine alone.

Whoever reads the database or the queue of jobs takes over an organizer's account: the links to new passwords are there.
"""

import logging
import os
import stat
from pathlib import Path

log = logging.getLogger(__name__)

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""The rights of everybody but the owner."""


def by_default() -> None:
    """From now on the process makes files and folders that only their owner can open."""
    os.umask(OTHERS)


def open_to_others(folder: Path) -> list[Path]:
    """The folder and what lies directly in it, as far as other accounts have rights there; what is deeper lies behind
    the folder.
    """
    return [path for path in (folder, *folder.iterdir()) if _mode(path) & OTHERS]


def close(folder: Path) -> list[Path]:
    """Take the rights of others away, as an installation of earlier versions needs it; what could not be changed."""
    for path in open_to_others(folder):
        try:
            path.chmod(_mode(path) & ~OTHERS)
        except OSError as error:
            log.warning("%s is open to other accounts of this machine: %s", path, error)
    return open_to_others(folder)


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.lstat().st_mode) if not path.is_symlink() else 0
    except FileNotFoundError:  # another process has just removed it, such as a WAL
        return 0
