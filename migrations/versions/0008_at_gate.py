"""At the gate: undo of scans, walk-ins, and whether a walk-in must give a name."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE scan ADD COLUMN undoes_id INTEGER CONSTRAINT fk_scan_undoes_id_scan REFERENCES scan (id)"
    )  # in one statement: SQLite cannot add a constraint later, and rebuilding the table would lose its triggers
    op.create_index("uq_scan_undoes", "scan", ["undoes_id"], unique=True)
    op.add_column("registration", sa.Column("walk_in", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "exhibition", sa.Column("walk_in_name_required", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("exhibition", "walk_in_name_required")
    op.drop_column("registration", "walk_in")
    op.drop_index("uq_scan_undoes", "scan")
    op.drop_column("scan", "undoes_id")
