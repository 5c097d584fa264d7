"""Lost phone: today's passes only, with just enough detail, every search recorded and limited."""

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from exhibition.accounts.models import AuditEntry
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.extensions import limiter
from exhibition.gate.rules.admission import SearchKind, search_kind, shortened
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.registration.party import Issued, Party
from tests.gate import world


def find(client: FlaskClient, device: str, words: object) -> TestResponse:
    body = {"words": words}
    return client.post("/api/v1/gate/passes/search", json=body, headers={"Authorization": f"Bearer {device}"})


@pytest.fixture
def wulan(exhibition: Exhibition) -> Issued:
    slot = world.open_slot(exhibition.id)
    return service.register(Party(slot.id, "Wulan Kusuma Dewi", "wulan@example.org", "+6281355557391", 3, "id"))


@pytest.mark.parametrize("words", ["7391", " 73 91 ", "kusuma", "WULAN K"])
def test_search_finds_the_pass_and_tells_only_what_will_do(
    client: FlaskClient, device: str, wulan: Issued, words: str
) -> None:
    found = find(client, device, words).get_json()["passes"]
    assert [(hit["name"], hit["party_size"], hit["code"]) for hit in found] == [("Wulan K. D.", 3, wulan.code)]
    assert set(found[0]) == {"name", "party_size", "admitted", "inside", "left_at", "starts_at", "ends_at", "code"}


def test_search_says_who_is_inside_now_and_when_others_went_out(
    client: FlaskClient, device: str, wulan: Issued
) -> None:
    def told() -> tuple[int, int, datetime | None]:
        (hit,) = find(client, device, "kusuma").get_json()["passes"]
        return hit["admitted"], hit["inside"], hit["left_at"] and datetime.fromisoformat(hit["left_at"])

    assert told() == (0, 0, None)
    world.send(client, device, code=wulan.code)
    assert told() == (3, 3, None)
    went = world.send(client, device, code=wulan.code, direction="exit").get_json()
    assert told() == (3, 0, datetime.fromisoformat(went["server_at"]))


def test_search_finds_passes_of_today_only(client: FlaskClient, device: str, wulan: Issued) -> None:
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        assert find(client, device, "kusuma").get_json() == {"passes": []}


def test_cancelled_pass_is_not_found(client: FlaskClient, device: str, wulan: Issued) -> None:
    service.cancel(wulan.manage_key)
    assert find(client, device, "kusuma").get_json() == {"passes": []}


def test_every_search_is_in_the_audit_trail_without_its_words(client: FlaskClient, device: str, wulan: Issued) -> None:
    find(client, device, "kusuma")
    find(client, device, "0000")
    db.session.rollback()
    statement = select(AuditEntry).where(AuditEntry.action == "pass.search").order_by(AuditEntry.id)
    entries = db.session.scalars(statement).all()
    assert [(entry.actor_name, entry.after) for entry in entries] == [
        ("Ponsel", {"by": "name", "hits": 1}),
        ("Ponsel", {"by": "phone", "hits": 0}),
    ]


@pytest.mark.parametrize("words", ["", "ab", "391", "57391", "%%%", "12 3", "a\x00bc", 7391, None, "x" * 81])
def test_search_refuses_words_that_would_list_everybody(
    client: FlaskClient, device: str, wulan: Issued, words: object
) -> None:
    answer = find(client, device, words)
    assert (answer.status_code, answer.get_json()["field"]) == (422, "words")


def test_a_device_that_reads_through_the_list_is_stopped_and_others_are_not(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch, exhibition: Exhibition, device: str
) -> None:
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    limiter.reset()
    answers = [find(client, device, f"000{n}").status_code for n in range(10)]
    assert answers == [200] * 10
    assert find(client, device, "kusuma").status_code == 429
    assert find(client, world.enrol(exhibition, "B", "Tablet"), "kusuma").status_code == 200


def test_search_needs_a_device(client: FlaskClient, wulan: Issued) -> None:
    assert find(client, "nobody", "kusuma").status_code == 401


@pytest.mark.parametrize(
    ("words", "kind"),
    [("7391", SearchKind.PHONE), ("٧٣٩١", None), ("bu t", SearchKind.NAME), ("o'b", None), ("李小龙", SearchKind.NAME)],
)
def test_search_kind_tells_digits_from_letters(words: str, kind: SearchKind | None) -> None:
    assert search_kind(words) is kind


@pytest.mark.parametrize(("name", "short"), [("Sukarno", "Sukarno"), ("Siti Nur Aini", "Siti N. A.")])
def test_name_is_shortened_to_initials(name: str, short: str) -> None:
    assert shortened(name) == short
