"""Writing the rows of a change, and keeping them as JSON: one way for sessions, rounds, caps and claims."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, DateTime, bindparam, delete, insert, select, update
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import IntegrityError

from exhibition.allocation.models import Allocation
from exhibition.core import clock
from exhibition.core.db import Moment, db
from exhibition.core.errors import Refused
from exhibition.core.sql.constraints import violates
from exhibition.core.sql.statements import table_of
from exhibition.editions import seating
from exhibition.editions.rules.consequences import ChangedTable, RowChange
from exhibition.gate.models import HallCap
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.visitors.models import TimeSlot, VisitorPass

TABLES: dict[ChangedTable, SqlTable] = {
    ChangedTable.EDITION: table_of(Exhibition),
    ChangedTable.SESSION: table_of(TimeSlot),
    ChangedTable.PASS: table_of(VisitorPass),
    ChangedTable.ROUND: table_of(DisinfectionRound),
    ChangedTable.CAP: table_of(HallCap),
    ChangedTable.CLAIM: table_of(Allocation),
}
ONE_AT_A_TIME = (
    "uq_time_slot_exhibition_id_starts_at",
    "uq_disinfection_round_exhibition_id_starts_at",
    "uq_hall_cap_exhibition_id_starts_at",
)

COUNTED = "issued"
"""How many have a place is counted with them, and no sign of a change."""


def write(rows: Sequence[RowChange], exhibition_id: int) -> list[RowChange]:
    """Make the changes in the open transaction, and return those that were made, with the ids of new sessions.

    What somebody decided anew since ``before`` stays as decided; a session must still be as it was. Raises Refused
    ``changed_since``, ``moves_onto_another``, ``slot_used`` and ``capacity_below_issued`` (409).
    """
    made: list[RowChange] = []
    for table in ChangedTable:
        changes = [row for row in rows if row.table is table]
        if table is ChangedTable.SESSION:
            made += _write_sessions(changes, [row for row in rows if row.table is ChangedTable.PASS], exhibition_id)
        elif table is not ChangedTable.PASS:
            made += _write_as_promised(table, _still_true(table, changes))
    return made


def _write_as_promised(table: ChangedTable, changes: list[RowChange]) -> list[RowChange]:
    try:
        with db.session.begin_nested():
            _write(db.session.connection(), TABLES[table], changes)
    except IntegrityError as error:
        _explain(error)
        raise
    return changes


def _explain(error: IntegrityError) -> None:
    if violates(error, *ONE_AT_A_TIME):
        message = _l("Something else is planned for a time that this would move to. Settle that first.")
        raise Refused("moves_onto_another", message, field="starts_on") from error
    if violates(error, "uq_time_slot_exhibition_id_number"):
        raise _changed_since() from error
    if violates(error, "ck_time_slot_issued"):
        message = _l("More people have a place than the session would hold. Move some of them first.")
        raise Refused("capacity_below_issued", message, field="capacity") from error


def _write_sessions(sessions: Sequence[RowChange], passes: Sequence[RowChange], exhibition_id: int) -> list[RowChange]:
    """Sessions come and grow, passes go into them, sessions shrink and go."""
    changes = _still_true(ChangedTable.SESSION, sessions)
    updates = [change for change in changes if change.before is not None and change.after is not None]
    added: dict[int, RowChange] = {}
    gone = [change for change in changes if change.after is None]
    try:
        with db.session.begin_nested():
            _write(db.session.connection(), TABLES[ChangedTable.SESSION], [seating.grown(one) for one in updates])
            added = seating.add(exhibition_id, [change for change in changes if change.before is None])
            moved = seating.move([_with_ids(change, added) for change in passes])
            seating.shrink(updates)
            gone = [_whole(change) for change in gone]
            seating.take_away(gone)
    except IntegrityError as error:
        _explain(error)
        raise
    return [*updates, *added.values(), *gone, *moved]


def _with_ids(change: RowChange, added: Mapping[int, RowChange]) -> RowChange:
    """A pass with the id of the new session that it goes into."""
    assert change.after is not None
    target = added.get(change.after["slot_id"])
    return change if target is None else replace(change, after=dict(change.after) | {"slot_id": target.id})


def _whole(change: RowChange) -> RowChange:
    """A session that goes, with its whole row, so that it can come back."""
    stored = TABLES[ChangedTable.SESSION]
    row = db.session.execute(select(stored).where(stored.c.id == change.id)).mappings().one()
    return replace(change, before=dict(row) | {"issued": 0})


def _changed_since() -> Refused:
    return Refused("changed_since", _l("The sessions have been changed since. Nothing was done."))


def _still_true(table: ChangedTable, changes: Sequence[RowChange]) -> list[RowChange]:
    stored = TABLES[table]
    ids = [change.id for change in changes]
    present = {row["id"]: row for row in db.session.execute(select(stored).where(stored.c.id.in_(ids))).mappings()}
    true = [change for change in changes if _agrees(present.get(change.id), change.before)]
    if table is ChangedTable.SESSION and len(true) < len(changes):
        raise _changed_since()
    if table is ChangedTable.EDITION and len(true) < len(changes):
        raise Refused("changed_since", _l("The place has been changed again since. Nothing was done."))
    return true


def _agrees(row: Mapping[Any, Any] | None, told: Mapping[str, Any] | None) -> bool:
    if row is None or told is None:
        return row is None and told is None
    return all(row[name] == value for name, value in told.items() if name != COUNTED)


def _write(connection: Connection, table: SqlTable, changes: Sequence[RowChange]) -> None:
    taken = [change.id for change in changes if change.after is None]
    if taken:
        connection.execute(delete(table).where(table.c.id.in_(taken)))
    changed = [(change.id, change.after) for change in changes if change.before is not None and change.after]
    if changed:
        names = list(changed[0][1])
        values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
        if "updated_at" in table.c:
            values["updated_at"] = bindparam("now", clock.now(), type_=Moment)
        statement = update(table).where(table.c.id == bindparam("row_id")).values(values)
        rows = [{"row_id": id_} | {f"new_{name}": after[name] for name in names} for id_, after in _ordered(changes)]
        connection.execute(statement, rows)
    back = [dict(change.after) for change in changes if change.before is None and change.after]
    if back:
        connection.execute(insert(table), back)


def _ordered(changes: Sequence[RowChange]) -> list[tuple[int, Mapping[str, Any]]]:
    """No two rows begin at the same time, not even on the way: those that move into others' places go after them."""
    pairs = [(change.id, change.before, change.after) for change in changes if change.before and change.after]
    if not all("starts_at" in after for _id, _before, after in pairs):
        return [(id_, after) for id_, _before, after in pairs]
    later = any(after["starts_at"] > before["starts_at"] for _id, before, after in pairs)
    pairs.sort(key=lambda pair: pair[2]["starts_at"], reverse=later)
    return [(id_, after) for id_, _before, after in pairs]


def as_json(change: RowChange) -> dict[str, Any]:
    """The change as it is kept."""
    return {
        "table": change.table.value,
        "id": change.id,
        "before": _plain(change.before),
        "after": _plain(change.after),
    }


def from_json(value: Mapping[str, Any]) -> RowChange:
    """The change as it was kept."""
    table = ChangedTable(value["table"])
    return RowChange(table, value["id"], _typed(table, value["before"]), _typed(table, value["after"]))


def _plain(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _typed(table: ChangedTable, row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    columns = TABLES[table].c
    moments = {name for name in row if isinstance(columns[name].type, Moment | DateTime)}
    return {
        name: datetime.fromisoformat(value) if name in moments and value is not None else value
        for name, value in row.items()
    }
