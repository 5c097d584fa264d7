"""Alembic's environment: one connection of the application's engine, one transaction for each run."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy.engine import Connection

from exhibition.core.db import Json, Moment, db

FOREIGN_TABLES = ("huey_", "limit_window", "listing_search")
"""What no model describes: the tables of the job queue and of the rate limits, which these make themselves in PostgreSQL,
and the catalogue's search index (revision 0017)."""
SEARCH_COLUMNS = "search_"
"""Columns of the search index in PostgreSQL, which the database fills by itself."""
SEARCH_INDEXES = "ix_listing_search_", "ix_visitor_contact_parts", "ix_visitor_contact_beyond_ascii"
"""Indexes that one of the databases alone has (revisions 0017, 0057 and 0064)."""


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    foreign = {"table": FOREIGN_TABLES, "column": SEARCH_COLUMNS, "index": SEARCH_INDEXES}.get(kind)
    return not (foreign and name is not None and name.startswith(foreign))


def render_item(kind: str, item: object, autogen_context: AutogenContext) -> str | Literal[False]:
    """Render our own column types as the plain types behind them, so that revisions do not import the application."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is Json:
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run(connection: Connection) -> None:
    directives = current_app.extensions["migrate"].configure_args
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_name=include_name,
        render_item=render_item,
        **directives,
    )
    with context.begin_transaction():
        context.run_migrations()


with db.engine.connect() as connection:
    run(connection)
