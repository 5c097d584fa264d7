"""An index of trigrams for names, addresses and numbers of visitors, where PostgreSQL has pg_trgm."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from exhibition.core.sql.words import folded_on_postgresql

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

INDEX = "ix_visitor_contact_parts"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return  # SQLite reads a million contacts in a quarter of a second
    try:
        with connection.begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError:  # not installed, or this user may not: the search works without, only slower
        return
    columns = [sa.text(f"{folded_on_postgresql(name)} gin_trgm_ops") for name in ("name", "email")]
    columns.append(sa.text("phone gin_trgm_ops"))
    op.create_index(INDEX, "visitor_contact", columns, postgresql_using="gin")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP INDEX IF EXISTS {INDEX}")
