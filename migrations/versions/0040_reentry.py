"""Coming back: the edition's setting, when the last of a party left, and how many of an entry had been in before."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

CHOICES = "'never', 'after_round', 'within_session'"
LAST_EXIT = """
    UPDATE visitor_pass SET left_at = (
        SELECT max(scan.server_at) FROM scan
        WHERE scan.pass_id = visitor_pass.id AND scan.verdict = 'accepted' AND scan.direction = 'exit'
        AND scan.undoes_id IS NULL AND NOT EXISTS (SELECT 1 FROM scan AS undo WHERE undo.undoes_id = scan.id)
    )
    WHERE admitted > inside
"""


def upgrade() -> None:
    op.execute(
        "ALTER TABLE exhibition ADD COLUMN reentry VARCHAR(32) DEFAULT 'within_session' NOT NULL"
        f" CONSTRAINT ck_exhibition_reentry CHECK (reentry IN ({CHOICES}))"
    )
    op.execute(
        "ALTER TABLE scan ADD COLUMN returned INTEGER DEFAULT 0 NOT NULL"
        " CONSTRAINT ck_scan_returned CHECK (returned BETWEEN 0 AND people)"
    )
    op.add_column("visitor_pass", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(LAST_EXIT)


def downgrade() -> None:
    op.drop_column("visitor_pass", "left_at")
    op.drop_column("scan", "returned")
    op.drop_column("exhibition", "reentry")
