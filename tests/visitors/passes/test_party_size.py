"""A party gets smaller at once, and larger while its session has room; the session counts exactly."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.core.outbox import OutboxMail
from exhibition.visitors import keys, service, tokens
from exhibition.visitors.models import MessageKind
from exhibition.visitors.passes.party_size import resize
from exhibition.visitors.rules import LAST_GENERATION
from tests.visitors.passes.holding import register, set_pass, set_slot, taken


def refusal(manage_key: str, people: int) -> str:
    with pytest.raises(Refused) as refused:
        resize(manage_key, people)
    assert refused.value.field == "party_size"
    return refused.value.code


@pytest.mark.parametrize("people", [2, 7])
def test_the_places_and_the_qr_follow_the_party(people: int) -> None:
    issued = register(4)
    changed = resize(issued.manage_key, people)
    assert taken(issued) == changed.slot.issued == people
    assert (changed.party_size, changed.generation) == (people, issued.generation + 1)
    assert changed == service.find(issued.manage_key)
    assert tokens.decode(changed.token, keys.public_keys()).party_size == people


def test_the_same_number_changes_nothing() -> None:
    issued = register(4)
    assert resize(issued.manage_key, 4).generation == issued.generation


def test_a_party_does_not_grow_beyond_its_session() -> None:
    issued = register(4)
    set_slot(issued, capacity=6)
    assert refusal(issued.manage_key, 7) == "slot_full"
    assert taken(issued) == 4
    assert resize(issued.manage_key, 6).party_size == 6


def test_it_shrinks_in_a_closed_session_but_does_not_grow() -> None:
    issued = register(4)
    set_slot(issued, state="closed")
    assert refusal(issued.manage_key, 5) == "slot_closed"
    assert resize(issued.manage_key, 3).party_size == 3


def test_nobody_who_was_let_in_is_taken_off() -> None:
    issued = register(4)
    set_pass(issued, admitted=2, inside=1)
    assert refusal(issued.manage_key, 1) == "people_admitted"
    assert resize(issued.manage_key, 2).party_size == 2
    assert taken(issued) == 2


def test_places_given_to_walk_ins_are_not_freed_twice() -> None:
    issued = register(4)
    set_pass(issued, released=3)
    set_slot(issued, issued=1)
    assert resize(issued.manage_key, 2).released == 1
    assert taken(issued) == 1
    assert resize(issued.manage_key, 1).released == 0
    assert taken(issued) == 1


@pytest.mark.parametrize("people", [0, 11, -1])
def test_no_party_has_so_many_people(people: int) -> None:
    assert refusal(register(4).manage_key, people) == "invalid"


@pytest.mark.parametrize(("state", "code"), [("cancelled", "pass_cancelled"), ("revoked", "pass_revoked")])
def test_a_pass_that_is_not_valid_stays_as_it_is(state: str, code: str) -> None:
    issued = register(4)
    set_pass(issued, state=state)
    assert refusal(issued.manage_key, 2) == code


def test_a_pass_changed_too_often_or_over_stays_as_it_is() -> None:
    issued = register(4)
    set_pass(issued, generation=LAST_GENERATION)
    assert refusal(issued.manage_key, 2) == "moved_too_often"
    other = register(2, position=1)
    set_slot(other, starts_at=clock.now() - timedelta(hours=3), ends_at=clock.now() - timedelta(minutes=1))
    assert refusal(other.manage_key, 1) == "slot_past"


def test_nobody_else_changes_it() -> None:
    with pytest.raises(NotFound):
        resize("a-key-that-nobody-has-1234", 2)


def test_whoever_left_an_address_gets_the_new_qr() -> None:
    issued = register(4, email="siti@example.com")
    resize(issued.manage_key, 3)
    kinds = db.session.scalars(select(OutboxMail.kind).order_by(OutboxMail.id)).all()
    assert kinds == [MessageKind.PASS, MessageKind.CHANGED]


@pytest.mark.usefixtures("csrf_off")
def test_the_page_changes_it_and_says_what_is_in_the_way(client: FlaskClient) -> None:
    client.set_cookie("locale", "en")
    issued = register(4)
    address = f"/p/{issued.manage_key}"
    assert client.post(f"{address}/size", data={"party_size": "2"}).status_code == 303
    page = client.get(address).text
    assert "The pass is for 2 people now." in page
    assert "older QR codes no longer work" in page
    set_slot(issued, capacity=3)
    answer = client.post(f"{address}/size", data={"party_size": "9"})
    assert answer.status_code == 409
    assert re.search(r'id="party_size-error"[^>]*>Only 1 place is left in this session.', answer.text)
    assert client.post(f"{address}/size", data={"party_size": "many"}).status_code == 422
