"""A typed code with a slip in it: today's passes one letter off are offered, few times, and written down."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.core.extensions import limiter
from exhibition.gate.rules.typed_codes import one_letter_off
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.models import PassState
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.rules import CODE_ALPHABET
from tests.gate import world


@pytest.fixture
def wulan(exhibition: Exhibition) -> Issued:
    slot = world.open_slot(exhibition.id)
    return service.register(Party(slot.id, "Wulan Kusuma Dewi", "wulan@example.org", "+6281355557391", 3, "id"))


def near(client: FlaskClient, device: str, code: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {device}"}
    return client.post("/api/v1/gate/passes/near", json={"code": code}, headers=headers)


def slip(code: str, *places: int) -> str:
    """The code with another letter at these places."""
    letters = list(code)
    for place in places:
        letters[place] = next(letter for letter in CODE_ALPHABET if letter != code[place])
    return "".join(letters)


@pytest.mark.parametrize("place", [0, 4, 7])
def test_a_code_with_one_wrong_letter_finds_its_pass(
    client: FlaskClient, device: str, wulan: Issued, place: int
) -> None:
    typed = slip(wulan.code, place)
    for text in (typed, f" {typed[:4]}-{typed[4:]} ".lower()):
        (hit,) = near(client, device, text).get_json()["passes"]
        assert (hit["code"], hit["name"], hit["party_size"]) == (wulan.code, "Wulan K. D.", 3)


def test_a_look_alike_that_no_code_has_finds_its_pass_too(client: FlaskClient, device: str, wulan: Issued) -> None:
    (hit,) = near(client, device, "0" + wulan.code[1:]).get_json()["passes"]
    assert hit["code"] == wulan.code


@pytest.mark.parametrize("text", ["", "ABC"])
def test_neither_the_code_itself_nor_two_slips_nor_another_length_find_anything(
    client: FlaskClient, device: str, wulan: Issued, text: str
) -> None:
    for typed in (wulan.code, slip(wulan.code, 1, 5), wulan.code[1:], text or "?"):
        assert near(client, device, typed).get_json() == {"passes": []}


def test_only_valid_passes_of_todays_sessions_are_offered(
    client: FlaskClient, device: str, exhibition: Exhibition, wulan: Issued
) -> None:
    cancelled = world.issue(exhibition.id, state=PassState.CANCELLED)
    assert near(client, device, slip(cancelled.code, 3)).get_json() == {"passes": []}
    later = service.register(Party(world.coming_slots()[0].id, "Budi", "budi@example.org", None, 1, "id"))
    assert near(client, device, slip(later.code, 3)).get_json() == {"passes": []}


def test_too_many_are_refused_and_each_is_in_the_audit_trail(client: FlaskClient, device: str, wulan: Issued) -> None:
    limiter.reset()
    answers = [near(client, device, slip(wulan.code, 2)).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "pass.search")).all()
    assert [entry.after for entry in entries] == [{"by": "code", "hits": 1}] * 5


def test_every_code_one_letter_off_is_tried_once() -> None:
    tried = one_letter_off("34679ACD")
    assert len(tried) == len(set(tried)) == 8 * (len(CODE_ALPHABET) - 1)
    assert all(sum(a != b for a, b in zip(code, "34679ACD", strict=True)) == 1 for code in tried)
    assert one_letter_off("3467") == []
