"""What the audit trail says about people is kept apart from it, so that it can be erased."""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
ENTRY = sa.table(
    "audit_entry",
    sa.column("id", sa.Integer),
    sa.column("actor_id", sa.Integer),
    sa.column("actor_name", sa.String),
    sa.column("object_type", sa.String),
    sa.column("object_name", sa.String),
    sa.column("before", JSON),
    sa.column("after", JSON),
)
NAME = sa.table(
    "audit_name",
    sa.column("entry_id", sa.Integer),
    sa.column("actor_name", sa.String),
    sa.column("object_name", sa.String),
    sa.column("before", JSON),
    sa.column("after", JSON),
)
OF_PEOPLE = ("application", "import", "invitation", "user", "device")
ABOUT_PEOPLE = ("email", "phone", "contact_name", "note", "reason", "added", "removed", "done_by")
PIECE = 1000
Facts = dict[str, Any] | None


def _split(object_type: str, facts: Facts) -> tuple[Facts, Facts]:
    if facts is None:
        return None, None
    apart = (*ABOUT_PEOPLE, "name") if object_type in OF_PEOPLE else ABOUT_PEOPLE
    personal = {name: value for name, value in facts.items() if name in apart}
    return {name: value for name, value in facts.items() if name not in apart}, personal or None


def _lifted(work: Callable[[sa.Connection], None]) -> None:
    """Do the work while the trail's rows may be changed."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only")
        work(connection)
        op.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_append_only")
        return
    of_table = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'audit_entry_append_only_*'"
    triggers = connection.execute(sa.text(of_table)).all()
    for name, _definition in triggers:
        op.execute(f'DROP TRIGGER "{name}"')
    work(connection)
    for _name, definition in triggers:
        op.execute(definition)


def _pieces(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[Any]:
    """The rows of a statement over entries, a thousand at a time."""
    last = 0
    while rows := connection.execute(statement.where(ENTRY.c.id > last).order_by(ENTRY.c.id).limit(PIECE)).all():
        yield from rows
        last = rows[-1].id


def _move(connection: sa.Connection) -> None:
    for row in _pieces(connection, sa.select(ENTRY)):
        of_people = row.object_type in OF_PEOPLE
        actor = row.actor_name if row.actor_id is not None or row.object_type == "device" else ""
        name = row.object_name if of_people else ""
        before, own_before = _split(row.object_type, row.before)
        after, own_after = _split(row.object_type, row.after)
        if not (actor or name or own_before or own_after):
            continue
        values = {"entry_id": row.id, "actor_name": actor, "object_name": name}
        connection.execute(sa.insert(NAME).values(values | {"before": own_before, "after": own_after}))
        kept = {
            "actor_name": "" if actor else row.actor_name,
            "object_name": "" if of_people else row.object_name,
            "before": before,
            "after": after,
        }
        connection.execute(sa.update(ENTRY).where(ENTRY.c.id == row.id).values(kept))


def _move_back(connection: sa.Connection) -> None:
    own = (NAME.c.actor_name, NAME.c.object_name, NAME.c.before, NAME.c.after)
    labelled = [column.label(f"own_{column.name}") for column in own]
    for row in _pieces(connection, sa.select(ENTRY, *labelled).join(NAME, NAME.c.entry_id == ENTRY.c.id)):
        whole = {
            "actor_name": row.actor_name or row.own_actor_name,
            "object_name": row.object_name or row.own_object_name,
            "before": row.before if row.own_before is None else (row.before or {}) | row.own_before,
            "after": row.after if row.own_after is None else (row.after or {}) | row.own_after,
        }
        connection.execute(sa.update(ENTRY).where(ENTRY.c.id == row.id).values(whole))


def upgrade() -> None:
    op.create_table(
        "audit_name",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(length=254), nullable=False),
        sa.Column("object_name", sa.String(length=200), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("after", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_name_entry_id_audit_entry")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_name")),
    )
    _lifted(_move)
    # Names can be erased, never changed.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER audit_name_append_only BEFORE UPDATE ON audit_name"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(
            "CREATE TRIGGER audit_name_append_only_update BEFORE UPDATE ON audit_name"
            " BEGIN SELECT RAISE(ABORT, 'audit_name is append-only'); END"
        )


def downgrade() -> None:
    _lifted(_move_back)
    op.drop_table("audit_name")
