"""Changes of single sessions and of the place are kept to be undone, like those of a fair's days."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OF_DAYS = ("move", "close", "leave", "nothing", "undo")
ALL = (*OF_DAYS, "place", "add", "retime", "shift", "split", "merge", "remove", "settings", "people")


def upgrade() -> None:
    _allow(ALL)
    op.add_column("edition_change", sa.Column("quiet", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("edition_change", "quiet")
    op.execute(sa.text("DELETE FROM edition_change WHERE done NOT IN ('move', 'close', 'leave', 'nothing', 'undo')"))
    _allow(OF_DAYS)


def _allow(values: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table("edition_change") as table:
        table.drop_constraint(op.f("ck_edition_change_done"), type_="check")
        table.create_check_constraint(op.f("ck_edition_change_done"), f"done IN ({listed})")
