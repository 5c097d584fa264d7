"""Indexes for lists of the few among many registrations: ended, come in part, registered at a gate."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ended, short = sa.text("state <> 'valid'"), sa.text("admitted > 0 AND admitted < party_size")
    op.create_index(
        "ix_visitor_pass_ended",
        "visitor_pass",
        ["exhibition_id", "state", "registration_id"],
        sqlite_where=ended,
        postgresql_where=ended,
    )
    op.create_index(
        "ix_visitor_pass_short",
        "visitor_pass",
        ["exhibition_id", "registration_id"],
        sqlite_where=short,
        postgresql_where=short,
    )
    op.create_index(
        "ix_registration_walk_in",
        "registration",
        ["exhibition_id", "id"],
        sqlite_where=sa.text("walk_in = 1"),
        postgresql_where=sa.text("walk_in"),
    )


def downgrade() -> None:
    op.drop_index("ix_registration_walk_in", "registration")
    op.drop_index("ix_visitor_pass_short", "visitor_pass")
    op.drop_index("ix_visitor_pass_ended", "visitor_pass")
