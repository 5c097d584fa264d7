"""Tables to which rows are only ever added, and the one way past that."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Table, text

from exhibition.core.db import db


@contextmanager
def lifted(table: Table) -> Iterator[None]:
    """Let the block change and delete rows of ``table``, in the open transaction; a rollback restores the triggers."""
    connection = db.session.connection()
    name = table.name
    if connection.dialect.name == "postgresql":
        connection.execute(text(f'ALTER TABLE "{name}" DISABLE TRIGGER "{name}_append_only"'))
        yield
        connection.execute(text(f'ALTER TABLE "{name}" ENABLE TRIGGER "{name}_append_only"'))
        return
    of_table = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB :pattern")
    triggers = connection.execute(of_table, {"pattern": f"{name}_append_only_*"}).all()
    for trigger, _definition in triggers:
        connection.execute(text(f'DROP TRIGGER "{trigger}"'))
    yield
    for _trigger, definition in triggers:
        connection.execute(text(definition))
