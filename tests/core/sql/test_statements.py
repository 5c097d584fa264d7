"""Statements on the driver's cursor: the same values, types and errors as with SQLAlchemy, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from exhibition.core.db import Mode, db, transaction
from exhibition.core.sql.statements import Adding, Chain, NoRow, Statement, given, table_of
from exhibition.gate.models import Gate
from exhibition.venue.models import Exhibition
from exhibition.visitors import slots
from exhibition.visitors.models import SlotState, TimeSlot

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)
SLOT = table_of(TimeSlot)


class Found(NamedTuple):
    starts_at: datetime
    state: SlotState
    issued: int


class Added(NamedTuple):
    id: int


COLUMNS = "exhibition_id", "number", "starts_at", "ends_at", "capacity", "issued", "state", "note", "reserved"
BY_NUMBER = Statement(
    select(TimeSlot.starts_at, TimeSlot.state, TimeSlot.issued).where(TimeSlot.number == bindparam("wanted")),
    Found,
)


def new_slot(exhibition: Exhibition, **changes: Any) -> dict[str, Any]:
    return {
        "exhibition_id": exhibition.id,
        "number": 900,
        "starts_at": NOON,
        "ends_at": NOON + timedelta(hours=2),
        "capacity": 10,
        "issued": 0,
        "state": SlotState.CLOSED,
        "note": "",
        "reserved": False,
    } | changes


def test_values_come_back_as_they_were_given(exhibition: Exhibition) -> None:
    add = Statement(insert(SLOT).values(given(SLOT, *COLUMNS)).returning(SLOT.c.id), Added)

    wanted = new_slot(exhibition)

    @transaction(mode=Mode.CONNECTION)
    def there_and_back(connection: Connection) -> tuple[Any, Any]:
        return add.one(connection, wanted).id, BY_NUMBER.first(connection, {"wanted": 900})

    slot_id, row = there_and_back()
    assert isinstance(slot_id, int)
    assert (row.starts_at, row.state, row.issued) == (NOON, SlotState.CLOSED, 0)


def test_a_subquery_beside_a_changed_row_speaks_of_that_row(exhibition: Exhibition) -> None:
    changed = (
        update(SLOT)
        .where(SLOT.c.id == bindparam("wanted"))
        .values(note="changed")
        .returning(SLOT.c.id, slots.DISINFECTED_FROM.label("disinfected_from"))
    )
    found = slots.of_edition(exhibition.id)
    assert len({slot.disinfected_from for slot in found}) > 2, "some have a round, some none"
    for slot in found:
        row = db.session.execute(changed, {"wanted": slot.id}).one()
        assert row.disinfected_from == slot.disinfected_from


def test_no_row_is_none(exhibition: Exhibition) -> None:
    assert transaction(mode=Mode.CONNECTION)(BY_NUMBER.first)({"wanted": 901}) is None


def test_a_violated_constraint_raises_what_sqlalchemy_raises_and_nothing_stays(exhibition: Exhibition) -> None:
    add = Statement(insert(SLOT).values(given(SLOT, *COLUMNS)).inline(), NoRow)

    both = new_slot(exhibition), new_slot(exhibition, starts_at=NOON + timedelta(days=1))

    @transaction(mode=Mode.CONNECTION)
    def twice(connection: Connection) -> None:
        for values in both:
            add.first(connection, values)

    with pytest.raises(IntegrityError):
        twice()
    assert transaction(mode=Mode.CONNECTION)(BY_NUMBER.first)({"wanted": 900}) is None


def test_a_default_that_python_makes_has_to_be_given(exhibition: Exhibition) -> None:
    incomplete = given(SLOT, *(name for name in COLUMNS if name != "issued"))
    with pytest.raises(TypeError, match="issued"):
        transaction(mode=Mode.CONNECTION)(Statement(insert(SLOT).values(incomplete), NoRow).first)(new_slot(exhibition))


def test_a_connection_that_the_server_has_closed_is_reported_and_replaced(exhibition: Exhibition) -> None:
    if db.engine.dialect.name == "sqlite":
        return
    db.session.rollback()
    db.engine.dispose()  # so that the pool knows two connections only
    with db.engine.connect() as other:
        number = transaction(mode=Mode.CONNECTION)(
            lambda connection: connection.scalar(select(func.pg_backend_pid()))
        )()
        assert transaction(mode=Mode.CONNECTION)(BY_NUMBER.first)({"wanted": 901}) is None
        other.execute(select(func.pg_terminate_backend(number)))
        with pytest.raises(OperationalError):
            transaction(mode=Mode.CONNECTION)(BY_NUMBER.first)({"wanted": 901})
    assert transaction(mode=Mode.CONNECTION)(BY_NUMBER.first)({"wanted": 901}) is None


class Taken(NamedTuple):
    slot_id: int


def test_a_chain_is_not_made_when_a_refusal_could_not_be_told_from_a_fault() -> None:
    guard = update(SLOT).where(SLOT.c.issued < SLOT.c.capacity).values(issued=SLOT.c.issued + 1).returning(SLOT.c.id)
    adding = Adding(table_of(Gate), lambda _earlier: given(table_of(Gate), "exhibition_id", "code", "name"))
    with pytest.raises(TypeError, match="no column of gate tells that slot said no"):
        Chain(Taken, slot=guard, gate=adding)


def test_a_row_type_that_does_not_fit_the_columns_raises_at_once() -> None:
    with pytest.raises(TypeError, match="number"):
        Statement(select(TimeSlot.number), Added)
