"""A party parted in two passes: the session counts the same people, and it can be taken back."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.visitors import rules, service
from exhibition.visitors.models import PassState
from exhibition.visitors.passes.party_size import resize
from exhibition.visitors.passes.splitting import given as given_passes
from exhibition.visitors.passes.splitting import split, take_back
from tests.visitors.passes.holding import open_slots, register, set_pass, taken


def code_of(act: Any, *arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(*arguments)
    return refused.value.code


def test_both_passes_hold_what_the_one_held() -> None:
    issued = register(5, phone="+6281234567890")
    other = split(issued.manage_key, 2, "Budi")
    left = service.find(issued.manage_key)
    assert (left.party_size, other.party_size, taken(issued)) == (3, 2, 5)
    assert left.generation == issued.generation + 1
    assert (other.slot.id, other.state) == (issued.slot.id, PassState.VALID)
    assert len({issued.reference, other.reference}) == len({issued.code, other.code}) == 2
    contact = service.contact(other.registration_id)
    assert contact is not None
    assert (contact.name, contact.phone) == ("Budi", "+6281234567890")


def test_each_comes_moves_and_cancels_by_itself() -> None:
    issued = register(4)
    other = split(issued.manage_key, 1)
    service.move(other.manage_key, open_slots()[1].id)
    assert taken(issued) == 3
    service.cancel(other.manage_key)
    assert taken(issued) == 3
    assert service.find(issued.manage_key).party_size == 3


def test_it_is_undone_by_cancelling_the_other_pass_in_favour_of_the_first() -> None:
    issued = register(4)
    other = split(issued.manage_key, 3)
    assert take_back(issued.manage_key, other.registration_id).party_size == 4
    assert service.get(other.registration_id).state is PassState.CANCELLED
    assert taken(issued) == 4
    assert given_passes(issued) == []
    assert code_of(take_back, issued.manage_key, other.registration_id) == "pass_cancelled"


def test_what_has_happened_since_stands_in_the_way() -> None:
    issued = register(4)
    first, second, third = (split(issued.manage_key, 1) for _ in range(3))
    set_pass(first, admitted=1, inside=1)
    assert code_of(take_back, issued.manage_key, first.registration_id) == "pass_used"
    service.move(second.manage_key, open_slots()[1].id)
    assert code_of(take_back, issued.manage_key, second.registration_id) == "split_moved"
    resize(issued.manage_key, 10)
    assert code_of(take_back, issued.manage_key, third.registration_id) == "party_too_large"


def test_only_its_own_passes_can_be_taken_back() -> None:
    issued, stranger = register(4), register(2)
    other = split(issued.manage_key, 1)
    with pytest.raises(NotFound):
        take_back(stranger.manage_key, other.registration_id)


def test_somebody_stays() -> None:
    issued = register(2)
    assert code_of(split, issued.manage_key, 2) == "invalid"
    assert code_of(split, issued.manage_key, 0) == "invalid"
    set_pass(issued, admitted=2)
    assert code_of(split, issued.manage_key, 1) == "people_admitted"


def test_places_given_to_walk_ins_are_shared() -> None:
    issued = register(4)
    set_pass(issued, released=3)
    other = split(issued.manage_key, 2)
    assert service.find(issued.manage_key).released + other.released == 3
    assert service.find(issued.manage_key).held >= 0
    assert other.held >= 0


@given(st.integers(1, 10), st.data())
def test_the_shares_fit_both_passes(party: int, data: st.DataObject) -> None:
    admitted = data.draw(st.integers(0, party - 1))
    released = data.draw(st.integers(0, party - admitted))
    staying = data.draw(st.integers(max(admitted, 1), party))
    shared = rules.share_released(released, staying - admitted)
    assert shared.staying + shared.leaving == released
    assert 0 <= shared.staying <= staying - admitted
    assert 0 <= shared.leaving <= party - staying


def test_it_stands_in_the_trail() -> None:
    issued = register(4)
    other = split(issued.manage_key, 1)
    take_back(issued.manage_key, other.registration_id)
    found = db.session.execute(select(AuditEntry.action, AuditEntry.object_id).order_by(AuditEntry.id)).all()
    about = str(issued.registration_id)
    assert [tuple(one) for one in found][-2:] == [("pass.split", about), ("pass.take_back", about)]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["resize", "split", "back", "cancel"]), st.integers(1, 6)), max_size=8))
def test_whatever_is_done_the_session_counts_exactly(steps: list[tuple[str, int]]) -> None:
    issued = register(5)
    others = []
    for act, number in steps:
        try:
            if act == "resize":
                resize(issued.manage_key, number)
            elif act == "split":
                others.append(split(issued.manage_key, number))
            elif others:
                other = others[number % len(others)]
                back = act == "back"
                take_back(issued.manage_key, other.registration_id) if back else service.cancel(other.manage_key)
        except Refused:
            pass
        taken(issued)


@pytest.mark.usefixtures("csrf_off")
def test_the_page_parts_them_and_takes_them_back(client: FlaskClient) -> None:
    client.set_cookie("locale", "en")
    issued = register(4)
    address = f"/p/{issued.manage_key}"
    assert client.post(f"{address}/split", data={"people": "2", "name": "Budi"}).status_code == 303
    [other] = given_passes(issued)
    page = client.get(address).text
    assert f"2 people have a pass of their own now: {other.reference}" in page
    assert f"/p/{other.manage_key}" in page
    assert client.post(f"{address}/split", data={"people": "9"}).status_code == 422
    assert client.post(f"{address}/split/{other.registration_id}/back").status_code == 303
    assert "They are on this pass again" in client.get(address).text
    assert service.find(issued.manage_key).party_size == 4
