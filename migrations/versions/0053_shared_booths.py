"""Several exhibitors may have one booth on the same day, when all but one of them came to share it."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

NAME, COLUMNS = "uq_allocation_day_booth", ["booth_id", "day"]


def _index(condition: str) -> None:
    where = sa.text(condition)
    op.drop_index(NAME, "allocation_day")
    op.create_index(NAME, "allocation_day", COLUMNS, unique=True, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    for table in ("allocation", "allocation_day"):
        op.add_column(table, sa.Column("shares", sa.Boolean(), server_default=sa.false(), nullable=False))
    _index("live AND NOT shares")


def downgrade() -> None:
    """Whoever came to share a booth is released: the tables of before have no place for them."""
    op.execute("UPDATE allocation_day SET live = false WHERE shares")
    op.execute("UPDATE allocation SET state = 'released', expires_at = NULL WHERE shares")
    _index("live")
    for table in ("allocation_day", "allocation"):
        op.drop_column(table, "shares")
