"""Registering, moving, cancelling, revoking: places are taken and given back, never more than there are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.outbox import OutboxMail
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors import keys, service, slots, tokens
from exhibition.visitors.models import (
    PassState,
    Registration,
    SlotState,
    TimeSlot,
    VisitorContact,
    VisitorPass,
)
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rules import CODE_ALPHABET, SlotStatus
from tests.fairs import the_fair

STATEMENTS_ALLOWED = 8


@pytest.fixture(autouse=True)
def fair(exhibition: Exhibition) -> None:
    """Every test here has the demo edition with one slot that is open now."""


def open_slots() -> list[slots.Slot]:
    now = clock.now()
    return [slot for slot in slots.of_edition(the_fair().id) if slot.status(now) is SlotStatus.OPEN]


def party(slot_id: int, people: int = 2, name: str = "Siti Aminah", email: str | None = None) -> Party:
    return Party(slot_id, name, email, None, people, "id")


@transaction
def set_slot(slot_id: int, **values: object) -> None:
    slot = db.session.get_one(TimeSlot, slot_id)
    for name, value in values.items():
        setattr(slot, name, value)


@transaction
def set_pass(pass_id: int, **values: object) -> None:
    visitor_pass = db.session.get_one(VisitorPass, pass_id)
    for name, value in values.items():
        setattr(visitor_pass, name, value)


def issued(slot_id: int) -> int:
    return slots.get(the_fair(), slot_id).issued


def rows() -> tuple[int, ...]:
    models = (Registration, VisitorContact, VisitorPass, OutboxMail)
    return tuple(db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models)


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Every statement of the block, including COMMIT and the BEGIN that SQLAlchemy does not log for PostgreSQL."""
    seen: list[str] = []

    def on_execute(_connection, _cursor, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def on_begin(connection) -> None:
        if connection.dialect.name == "postgresql":
            seen.append("BEGIN")

    def on_commit(_connection) -> None:
        seen.append("COMMIT")

    listeners: list[tuple[str, Callable[..., None]]] = [
        ("before_cursor_execute", on_execute),
        ("begin", on_begin),
        ("commit", on_commit),
    ]
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        yield seen
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)


def test_register_takes_the_places_and_issues_a_valid_pass() -> None:
    slot = open_slots()[0]
    result = service.register(party(slot.id, 3))
    assert issued(slot.id) == 3
    assert result.state is PassState.VALID
    assert len(result.code) == 8
    assert set(result.code) <= set(CODE_ALPHABET)
    assert result.reference.startswith("SMR-")
    assert len(result.manage_key) >= 22
    assert service.find(result.manage_key) == service.get(result.registration_id)


def test_the_token_names_pass_slot_and_party() -> None:
    slot = open_slots()[0]
    result = service.register(party(slot.id, 4))
    token = tokens.decode(result.token, keys.public_keys())
    assert (token.pass_id, token.slot_number, token.party_size, token.generation) == (result.pass_id, slot.number, 4, 0)
    assert token.not_before == slot.starts_at


def test_register_needs_few_statements() -> None:
    slot = open_slots()[0]
    service.register(party(slot.id))
    with counted_statements() as statements:
        service.register(party(slot.id, email="siti@example.com"), idempotency_key="once")
    assert len(statements) <= STATEMENTS_ALLOWED, statements


def test_register_refuses_when_slot_is_full_and_says_what_is_free_next() -> None:
    slot, following = open_slots()[:2]
    set_slot(slot.id, capacity=5)
    service.register(party(slot.id, 4))
    before = rows()
    with pytest.raises(Refused) as refusal:
        service.register(party(slot.id, 2))
    assert refusal.value.code == "slot_full"
    assert refusal.value.details["remaining"] == 1
    assert refusal.value.details["next"][0]["id"] == following.id
    assert rows() == before
    assert issued(slot.id) == 4


def test_register_fills_a_slot_to_the_last_place() -> None:
    slot = open_slots()[0]
    set_slot(slot.id, capacity=3)
    service.register(party(slot.id, 3))
    assert slots.get(the_fair(), slot.id).status(clock.now()) is SlotStatus.FULL


def test_register_refuses_a_closed_slot() -> None:
    slot = open_slots()[0]
    set_slot(slot.id, state=SlotState.CLOSED)
    with pytest.raises(Refused) as refusal:
        service.register(party(slot.id))
    assert refusal.value.code == "slot_closed"


def test_register_refuses_a_slot_that_is_over() -> None:
    slot = open_slots()[0]
    set_slot(slot.id, starts_at=slot.starts_at - timedelta(days=2), ends_at=slot.ends_at - timedelta(days=2))
    with pytest.raises(Refused) as refusal:
        service.register(party(slot.id))
    assert refusal.value.code == "slot_past"


def test_register_refuses_a_slot_of_an_edition_that_is_not_published(exhibition: Exhibition) -> None:
    slot = open_slots()[0]

    @transaction
    def make_past() -> None:
        db.session.get_one(Exhibition, exhibition.id).state = EditionState.ARCHIVED

    make_past()
    with pytest.raises(Refused) as refusal:
        service.register(party(slot.id))
    assert (refusal.value.code, refusal.value.status, refusal.value.field) == ("invalid", 422, "slot_id")


def test_the_same_idempotency_key_gives_the_same_registration_once() -> None:
    slot = open_slots()[0]
    first = service.register(party(slot.id, 2), idempotency_key="a-key")
    set_slot(slot.id, capacity=2)
    assert service.register(party(slot.id, 2), idempotency_key="a-key").reference == first.reference
    assert issued(slot.id) == 2


def test_the_same_idempotency_key_for_another_party_is_refused() -> None:
    slot = open_slots()[0]
    service.register(party(slot.id, 2), idempotency_key="a-key")
    with pytest.raises(Refused) as refusal:
        service.register(party(slot.id, 3), idempotency_key="a-key")
    assert refusal.value.code == "idempotency_mismatch"
    assert issued(slot.id) == 2


def test_a_failed_registration_leaves_a_usable_signing_key() -> None:
    slot = open_slots()[0]
    set_slot(slot.id, capacity=0)
    with pytest.raises(Refused):
        service.register(party(slot.id))
    set_slot(slot.id, capacity=10)
    result = service.register(party(slot.id))
    assert tokens.decode(result.token, keys.public_keys()).pass_id == result.pass_id


@pytest.mark.parametrize(("old", "new"), [(0, 1), (1, 0)])
def test_move_frees_the_old_places_and_raises_the_generation(old: int, new: int) -> None:
    some = open_slots()
    result = service.register(party(some[old].id, 3))
    moved = service.move(result.manage_key, some[new].id)
    assert (issued(some[old].id), issued(some[new].id)) == (0, 3)
    assert moved.generation == 1
    assert moved.token != result.token
    assert service.find(result.manage_key).slot.id == some[new].id


def test_move_to_the_same_slot_changes_nothing() -> None:
    slot = open_slots()[0]
    result = service.register(party(slot.id, 3))
    assert service.move(result.manage_key, slot.id).generation == 0
    assert issued(slot.id) == 3


@pytest.mark.parametrize(
    ("values", "code"),
    [({"capacity": 2}, "slot_full"), ({"state": SlotState.CLOSED}, "slot_closed")],
)
def test_move_is_refused_by_the_new_slot_and_keeps_the_old_places(values: dict[str, object], code: str) -> None:
    old, new = open_slots()[:2]
    set_slot(new.id, **values)
    result = service.register(party(old.id, 3))
    with pytest.raises(Refused) as refusal:
        service.move(result.manage_key, new.id)
    assert refusal.value.code == code
    assert (issued(old.id), issued(new.id)) == (3, 0)
    assert service.find(result.manage_key).generation == 0


def test_move_and_cancel_are_refused_once_somebody_was_let_in() -> None:
    old, new = open_slots()[:2]
    result = service.register(party(old.id, 3))
    set_pass(result.pass_id, admitted=1)
    for change in (lambda: service.move(result.manage_key, new.id), lambda: service.cancel(result.manage_key)):
        with pytest.raises(Refused) as refusal:
            change()
        assert refusal.value.code == "pass_used"
    assert (issued(old.id), issued(new.id)) == (3, 0)


def test_cancel_frees_the_places_once() -> None:
    slot = open_slots()[0]
    service.register(party(slot.id, 1))
    result = service.register(party(slot.id, 3))
    assert service.cancel(result.manage_key).state is PassState.CANCELLED
    assert service.cancel(result.manage_key).state is PassState.CANCELLED
    assert issued(slot.id) == 1


def test_a_cancelled_pass_cannot_be_moved() -> None:
    old, new = open_slots()[:2]
    result = service.register(party(old.id))
    service.cancel(result.manage_key)
    with pytest.raises(Refused) as refusal:
        service.move(result.manage_key, new.id)
    assert refusal.value.code == "pass_cancelled"


def test_revoke_frees_the_places_of_an_unused_pass_and_is_recorded() -> None:
    slot = open_slots()[0]
    result = service.register(party(slot.id, 3))
    service.revoke(COMMAND_LINE, result.registration_id)
    assert issued(slot.id) == 0
    assert service.find(result.manage_key).state is PassState.REVOKED
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "pass.revoke")).one()
    assert entry.object_id == str(result.registration_id)
    with pytest.raises(Refused, match="pass_revoked"):
        service.cancel(result.manage_key)


def test_revoke_keeps_the_places_of_a_party_that_came_in() -> None:
    slot = open_slots()[0]
    result = service.register(party(slot.id, 3))
    set_pass(result.pass_id, admitted=2, inside=1)
    service.revoke(COMMAND_LINE, result.registration_id)
    assert issued(slot.id) == 3


@pytest.mark.parametrize("key", ["", "short", "x" * 41, "a" * 32, "../../etc/passwd-etc-passwd", "é" * 24])
def test_an_unknown_or_malformed_manage_key_is_not_found(key: str) -> None:
    with pytest.raises(NotFound):
        service.find(key)
