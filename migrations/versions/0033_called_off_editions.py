"""An archived edition keeps that it had been called off."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

EDITION = sa.table(
    "exhibition", sa.column("id", sa.Integer), sa.column("state"), sa.column("was_called_off", sa.Boolean)
)
ENTRY = sa.table(
    "audit_entry",
    sa.column("id", sa.Integer),
    sa.column("action"),
    sa.column("object_type"),
    sa.column("object_id"),
    sa.column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
)


def upgrade() -> None:
    # The CHECK comes with its column: SQLite cannot make a table anew that others refer to.
    op.execute(
        "ALTER TABLE exhibition ADD COLUMN was_called_off BOOLEAN DEFAULT false NOT NULL CONSTRAINT"
        " ck_exhibition_called_off CHECK (state = 'archived' OR NOT was_called_off)"
    )
    # The audit trail knows what each edition was before it was archived for the last time.
    before = (
        sa.select(ENTRY.c.before["state"].as_string())
        .where(
            ENTRY.c.action == "exhibition.archive",
            ENTRY.c.object_type == "exhibition",
            ENTRY.c.object_id == sa.cast(EDITION.c.id, sa.String),
        )
        .order_by(ENTRY.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    op.execute(
        sa.update(EDITION).where(EDITION.c.state == "archived", before == "called_off").values(was_called_off=sa.true())
    )


def downgrade() -> None:
    op.drop_column("exhibition", "was_called_off")
