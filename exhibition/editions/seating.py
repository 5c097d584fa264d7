"""Writing sessions and the passes in them so that people never lose their place, not even on the way.

Sessions come and grow first, then passes go into them, then sessions shrink and go; constraints guard each step.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.sql.constraints import violates
from exhibition.core.sql.statements import table_of
from exhibition.editions.rules.consequences import RowChange
from exhibition.visitors.models import PassState, TimeSlot, VisitorPass

AT_ONCE = 5_000
"""Ids in one statement; SQLite takes 32,766."""
SLOT, PASS = table_of(TimeSlot), table_of(VisitorPass)


def portions(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in lists that one statement can take."""
    rest = iter(ids)
    while portion := list(islice(rest, AT_ONCE)):
        yield portion


def add(exhibition_id: int, changes: Sequence[RowChange]) -> dict[int, RowChange]:
    """Add sessions, and return what was added by the id that stood for it. One that comes back keeps its id."""
    added: dict[int, RowChange] = {}
    for change in changes:
        row = {"exhibition_id": exhibition_id} | dict(change.after or {}) | {"issued": 0}
        if change.id < 0:
            row["id"] = db.session.connection().execute(insert(SLOT).values(row).returning(SLOT.c.id)).scalar_one()
        else:
            db.session.connection().execute(insert(SLOT).values(row))
        added[change.id] = replace(change, id=row["id"], after=row)
    return added


def grown(change: RowChange) -> RowChange:
    """The change of a session without what makes it smaller."""
    before, after = change.before, change.after
    if before is None or after is None or "capacity" not in after:
        return change
    return replace(change, after=dict(after) | {"capacity": max(before["capacity"], after["capacity"])})


def move(changes: Sequence[RowChange]) -> list[RowChange]:
    """Put passes into other sessions and count their people there; who was let in or has moved since stays."""
    present = _passes(changes)
    made = [change for change in changes if _stands(present.get(change.id), change)]
    if not made:
        return []
    people: Counter[int] = Counter()
    moves: list[dict[str, Any]] = []
    for change in made:
        assert change.before is not None
        assert change.after is not None
        row, was, becomes = present[change.id], change.before, change.after
        moves.append({"pass": change.id, "slot": becomes["slot_id"], "given": becomes["released"]})
        if row["state"] is PassState.VALID:
            people[was["slot_id"]] -= row["party_size"] - was["released"]
            people[becomes["slot_id"]] += row["party_size"] - becomes["released"]
    moving = update(PASS).where(PASS.c.id == bindparam("pass"))
    db.session.connection().execute(
        moving.values(slot_id=bindparam("slot"), released=bindparam("given"), updated_at=PASS.c.updated_at), moves
    )
    for slot_id, number in sorted(people.items()):
        db.session.connection().execute(update(SLOT).where(SLOT.c.id == slot_id).values(issued=SLOT.c.issued + number))
    return made


def _passes(changes: Sequence[RowChange]) -> dict[int, Mapping[Any, Any]]:
    found: dict[int, Mapping[Any, Any]] = {}
    for ids in portions(change.id for change in changes):
        rows = db.session.execute(select(PASS).where(PASS.c.id.in_(ids))).mappings()
        found |= {row["id"]: row for row in rows}
    return found


def _stands(row: Mapping[Any, Any] | None, change: RowChange) -> bool:
    if row is None or change.before is None or row["admitted"]:
        return False
    return all(row[name] == value for name, value in change.before.items())


def shrink(changes: Sequence[RowChange]) -> None:
    """Give sessions their smaller capacities."""
    for change in changes:
        if change.before and change.after and change.after.get("capacity", 0) < change.before.get("capacity", 0):
            values = {"capacity": change.after["capacity"]}
            db.session.connection().execute(update(SLOT).where(SLOT.c.id == change.id).values(values))


def take_away(changes: Sequence[RowChange]) -> None:
    """Take sessions away that no pass and no waiting list names any more. Raises Refused ``slot_used`` (409)."""
    ids = [change.id for change in changes]
    if not ids:
        return
    try:
        with db.session.begin_nested():
            db.session.connection().execute(delete(SLOT).where(SLOT.c.id.in_(ids)))
    except IntegrityError as error:
        if not violates(error, "fk_visitor_pass_slot_id_time_slot", "fk_waiting_party_slot_id_time_slot"):
            raise
        message = _l("Somebody is in this session or was in it, so it cannot be taken away. Move people first.")
        raise Refused("slot_used", message, field="session") from error
