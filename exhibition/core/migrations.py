"""Whether the database's schema is the one this code was written for."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from exhibition.core.config import PROJECT
from exhibition.core.db import db

DIRECTORY = PROJECT / "migrations"


def pending() -> bool:
    """True when revisions wait for ``flask db upgrade``. Raises SQLAlchemyError without a database."""
    context = MigrationContext.configure(db.session.connection())
    return set(context.get_current_heads()) != set(ScriptDirectory(str(DIRECTORY)).get_heads())
