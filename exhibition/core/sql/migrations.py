"""Whether the database has the schema that this code needs."""

from exhibition.core.config import PROJECT
from exhibition.core.db import db

DIRECTORY = PROJECT / "migrations"


def head() -> str:
    """The latest revision in the code."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(DIRECTORY)).get_current_head() or ""


def pending() -> bool:
    """True when revisions wait for ``flask db upgrade``. Raises SQLAlchemyError without a database."""
    from alembic.runtime.migration import MigrationContext

    return set(MigrationContext.configure(db.session.connection()).get_current_heads()) != {head()}
