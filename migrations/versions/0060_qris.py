"""The QRIS code of each exhibitor, to hold against what hangs at the booth."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

ANSWERS = sa.Enum(
    "same",
    "other_account",
    "other",
    "unknown",
    name="qrisanswer",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def upgrade() -> None:
    op.create_table(
        "qris_code",
        sa.Column("exhibitor_id", sa.Integer(), nullable=False),
        sa.Column("payload", sa.String(512), nullable=False),
        sa.Column("registered_by", sa.String(254), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_as", ANSWERS, nullable=True),
        sa.ForeignKeyConstraint(
            ["exhibitor_id"], ["exhibitor.id"], name=op.f("fk_qris_code_exhibitor_id_exhibitor"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exhibitor_id", name=op.f("pk_qris_code")),
    )


def downgrade() -> None:
    op.drop_table("qris_code")
