"""An index of the visitors whose name or address has letters beyond ASCII, for SQLite, which folds only these."""

from alembic import op

from exhibition.core.sql.words import beyond_ascii_on_sqlite

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

INDEX = "ix_visitor_contact_beyond_ascii"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        rows = " OR ".join(map(beyond_ascii_on_sqlite, ("name", "email")))
        op.execute(f"CREATE INDEX {INDEX} ON visitor_contact (registration_id) WHERE ({rows})")


def downgrade() -> None:
    op.execute(f"DROP INDEX IF EXISTS {INDEX}")
