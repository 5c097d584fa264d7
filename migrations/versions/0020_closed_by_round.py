"""Visitors get a mail when a disinfection round closes their session, once for each round."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BEFORE = ("pass", "moved", "cancelled")
ROUND = "fk_visitor_message_round_id_disinfection_round"


def upgrade() -> None:
    with op.batch_alter_table("visitor_message") as batch:
        _set_kinds(batch, *BEFORE, "closed")
        batch.add_column(sa.Column("round_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f(ROUND), "disinfection_round", ["round_id"], ["id"], ondelete="SET NULL")
        batch.create_index("uq_visitor_message_round", ["round_id", "registration_id"], unique=True)


def downgrade() -> None:
    op.execute("DELETE FROM visitor_message WHERE kind = 'closed'")
    with op.batch_alter_table("visitor_message") as batch:
        batch.drop_index("uq_visitor_message_round")
        batch.drop_constraint(op.f(ROUND), type_="foreignkey")
        batch.drop_column("round_id")
        _set_kinds(batch, *BEFORE)


def _set_kinds(batch: BatchOperations, *kinds: str) -> None:
    """Allow only these kinds of mails."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    batch.drop_constraint(op.f("ck_visitor_message_messagekind"), type_="check")
    batch.create_check_constraint(op.f("ck_visitor_message_messagekind"), f"kind IN ({listed})")
