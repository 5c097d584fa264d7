"""Taking the bytes of deleted rows out of the database."""

from pathlib import Path

from sqlalchemy import text

from exhibition.core.db import db
from exhibition.core.leftovers import wipe_file


def wipe() -> None:
    """Write an SQLite database anew; have PostgreSQL free the space of deleted rows for new ones."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        wipe_file(Path(str(db.engine.url.database)))
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM"))
