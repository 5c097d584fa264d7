"""The words of automatic mails can be changed for each edition and language."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("language IN ('id', 'en')", name=op.f("ck_mail_text_language")),
        sa.CheckConstraint("subject <> '' AND text <> ''", name=op.f("ck_mail_text_words")),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_mail_text_exhibition_id_exhibition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_text")),
        sa.UniqueConstraint("exhibition_id", "kind", "language", name=op.f("uq_mail_text_exhibition_id_kind_language")),
    )


def downgrade() -> None:
    op.drop_table("mail_text")
