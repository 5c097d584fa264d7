"""An edition has a state instead of being the current one, and says how to reach its organizer."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CURRENT = sa.text("current")
CONTACTS = {"contact_email": 254, "contact_phone": 20, "contact_whatsapp": 20}


def upgrade() -> None:
    # Column by column and the CHECK with its column: SQLite cannot make a table anew that others refer to.
    op.execute(
        "ALTER TABLE exhibition ADD COLUMN state VARCHAR(32) DEFAULT 'draft' NOT NULL CONSTRAINT"
        " ck_exhibition_editionstate CHECK"
        " (state IN ('draft', 'published', 'archived', 'postponed', 'called_off'))"
    )
    for name, length in CONTACTS.items():
        op.add_column("exhibition", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    # Which of the others were ever shown is not known: those that are over are the archive, the rest is in preparation.
    op.execute(
        "UPDATE exhibition SET state = CASE WHEN current THEN 'published'"
        " WHEN ends_on < CURRENT_DATE THEN 'archived' ELSE 'draft' END"
    )
    op.drop_index("uq_exhibition_current", "exhibition")
    op.drop_column("exhibition", "current")


def downgrade() -> None:
    """Of several published editions the one that runs stays current, else the next, else the last."""
    op.add_column("exhibition", sa.Column("current", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE exhibition SET current = true WHERE id = (SELECT id FROM exhibition WHERE state = 'published' ORDER BY"
        " ends_on < CURRENT_DATE,"
        " CASE WHEN ends_on < CURRENT_DATE THEN NULL ELSE starts_on END,"
        " ends_on DESC, id LIMIT 1)"
    )
    op.create_index(
        "uq_exhibition_current",
        "exhibition",
        ["current"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    for name in ("state", *CONTACTS):
        op.drop_column("exhibition", name)
