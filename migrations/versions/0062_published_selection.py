"""The published result of an edition's selection of exhibitors."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_selection",
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(254), nullable=False),
        sa.ForeignKeyConstraint(
            ["exhibition_id"],
            ["exhibition.id"],
            name=op.f("fk_published_selection_exhibition_id_exhibition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("exhibition_id", name=op.f("pk_published_selection")),
    )


def downgrade() -> None:
    op.drop_table("published_selection")
