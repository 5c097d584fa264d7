"""Bytes of deleted rows stay in an SQLite file until they are overwritten; here they are taken out."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

log = logging.getLogger(__name__)

PATIENCE_S = 20.0


def wipe_file(file: Path) -> None:
    """Write the file anew without what was deleted, and empty its write-ahead log.

    While somebody uses it for longer than the wait for a lock, nothing is done but a line in the log.
    """
    if not file.exists():
        return
    with closing(sqlite3.connect(file, timeout=PATIENCE_S, isolation_level=None)) as connection:
        try:
            connection.execute("VACUUM")
            (busy, _pages, _moved) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            log.warning("%s was not written anew: %s", file.name, error)
            return
        if busy:
            log.warning("the write-ahead log of %s is in use and was not emptied", file.name)
