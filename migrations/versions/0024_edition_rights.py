"""A role can hold at one edition only; exhibitors take part in editions, and may have booths in two on one day."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ROLE = sa.Enum("organizer", "gate", "exhibitor", name="rolename", native_enum=False, create_constraint=True, length=32)
LIVE = sa.text("live")


def upgrade() -> None:
    op.create_table(
        "edition_role",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("role", ROLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["exhibition_id"],
            ["exhibition.id"],
            name=op.f("fk_edition_role_exhibition_id_exhibition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_edition_role_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "exhibition_id", "role", name=op.f("pk_edition_role")),
    )
    # With its constraint in one statement: SQLite cannot add a constraint to a table that is there.
    op.execute(
        "ALTER TABLE invitation ADD COLUMN exhibition_id INTEGER CONSTRAINT fk_invitation_exhibition_id_exhibition"
        " REFERENCES exhibition (id)"
    )
    op.create_table(
        "participant",
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("exhibitor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_participant_exhibition_id_exhibition")
        ),
        sa.ForeignKeyConstraint(
            ["exhibitor_id"], ["exhibitor.id"], name=op.f("fk_participant_exhibitor_id_exhibitor"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exhibition_id", "exhibitor_id", name=op.f("pk_participant")),
    )
    op.execute(
        "INSERT INTO participant (exhibition_id, exhibitor_id)"
        " SELECT exhibition_id, exhibitor_id FROM allocation"
        " UNION SELECT exhibition_id, exhibitor_id FROM allocation_waiting"
        " UNION SELECT exhibition_id, exhibitor_id FROM application WHERE exhibitor_id IS NOT NULL"
    )
    # Who takes part in nothing was seen at every desk so far, and still is where it matters.
    op.execute(
        "INSERT INTO participant (exhibition_id, exhibitor_id)"
        " SELECT exhibition.id, exhibitor.id FROM exhibition CROSS JOIN exhibitor"
        " WHERE exhibition.state <> 'archived'"
        " AND exhibitor.id NOT IN (SELECT exhibitor_id FROM participant)"
    )
    _make_days_anew(with_edition=True)


def downgrade() -> None:
    _make_days_anew(with_edition=False)
    op.drop_table("participant")
    op.drop_column("invitation", "exhibition_id")
    op.drop_table("edition_role")


def _make_days_anew(*, with_edition: bool) -> None:
    """The table of days with or without its edition. Who has two booths on one day keeps the earlier edition's live."""
    op.execute("CREATE TABLE allocation_day_kept AS SELECT * FROM allocation_day")
    op.drop_table("allocation_day")
    edition = [sa.Column("exhibition_id", sa.Integer(), nullable=False)] if with_edition else []
    of_edition = (
        [
            sa.ForeignKeyConstraint(
                ["exhibition_id"], ["exhibition.id"], name=op.f("fk_allocation_day_exhibition_id_exhibition")
            )
        ]
        if with_edition
        else []
    )
    op.create_table(
        "allocation_day",
        sa.Column("allocation_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *edition,
        sa.Column("booth_id", sa.Integer(), nullable=False),
        sa.Column("exhibitor_id", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_allocation_day_allocation_id_allocation")
        ),
        sa.ForeignKeyConstraint(["booth_id"], ["booth.id"], name=op.f("fk_allocation_day_booth_id_booth")),
        *of_edition,
        sa.ForeignKeyConstraint(
            ["exhibitor_id"], ["exhibitor.id"], name=op.f("fk_allocation_day_exhibitor_id_exhibitor")
        ),
        sa.PrimaryKeyConstraint("allocation_id", "day", name=op.f("pk_allocation_day")),
    )
    columns = "allocation_id, day, booth_id, exhibitor_id"
    if with_edition:
        op.execute(
            f"INSERT INTO allocation_day ({columns}, live, exhibition_id)"
            " SELECT kept.allocation_id, kept.day, kept.booth_id, kept.exhibitor_id, kept.live,"
            " allocation.exhibition_id FROM allocation_day_kept AS kept"
            " JOIN allocation ON allocation.id = kept.allocation_id"
        )
    else:
        op.execute(
            f"INSERT INTO allocation_day ({columns}, live)"
            " SELECT kept.allocation_id, kept.day, kept.booth_id, kept.exhibitor_id, kept.live AND NOT EXISTS"
            " (SELECT 1 FROM allocation_day_kept AS other WHERE other.exhibitor_id = kept.exhibitor_id"
            " AND other.day = kept.day AND other.live AND other.allocation_id < kept.allocation_id)"
            " FROM allocation_day_kept AS kept"
        )
    op.execute("DROP TABLE allocation_day_kept")
    indexes = {"uq_allocation_day_booth": ["booth_id", "day"], "uq_allocation_day_exhibitor": ["exhibitor_id", "day"]}
    if with_edition:
        indexes["uq_allocation_day_exhibitor"].insert(0, "exhibition_id")
    for name, indexed in indexes.items():
        op.create_index(name, "allocation_day", indexed, unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
