"""Mask and screening: only where the edition asks for them, one yes or no each, and nothing else about anybody's
health.
"""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.core.db import db, transaction
from exhibition.gate.models import Scan
from exhibition.venue.models import Exhibition
from tests.gate import world


@transaction
def ask(exhibition: Exhibition, *, mask: bool, question: str) -> None:
    row = db.session.get_one(Exhibition, exhibition.id)
    row.mask_required, row.screening_question = mask, question


def kept() -> list[tuple[bool | None, bool | None]]:
    """The stored mask and screening of each scan."""
    db.session.rollback()
    statement = select(Scan.mask_worn, Scan.screening_passed).order_by(Scan.id)
    return [(mask, screening) for mask, screening in db.session.execute(statement)]


def test_a_new_edition_asks_nothing() -> None:
    assert not Exhibition.__table__.c.mask_required.default.arg
    assert Exhibition.__table__.c.screening_question.default.arg == ""


def test_what_the_steward_saw_is_kept_with_the_scan(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    ask(exhibition, mask=True, question="Demam?")
    issued = world.issue(exhibition.id)
    for mask, screening in (("missing", "passed"), ("worn", "failed"), ("worn", "passed")):
        answer = world.send(client, device, token=issued.token, mask=mask, screening=screening).get_json()
        assert answer["code"] == ("accepted" if (mask, screening) == ("worn", "passed") else "protocol_refused")
    world.send(client, device, token=issued.token, direction="exit", mask="worn", screening="passed")
    assert kept() == [(False, True), (True, False), (True, True), (None, None)]


@pytest.mark.parametrize(
    ("mask", "question", "wanted"),
    [(False, "", (None, None)), (True, "", (True, None)), (False, "Demam?", (None, True))],
)
def test_what_the_edition_does_not_ask_is_not_kept(
    client: FlaskClient,
    exhibition: Exhibition,
    device: str,
    mask: bool,
    question: str,
    wanted: tuple[bool | None, bool | None],
) -> None:
    ask(exhibition, mask=mask, question=question)
    told = {"mask": "worn", "screening": "passed"}
    world.send(client, device, token=world.issue(exhibition.id).token, **told)
    world.send_batch(client, device, world.offline(world.issue(exhibition.id), **told))
    assert kept() == [wanted, wanted]


def test_offline_answers_are_kept_too(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    refused = {"people": 0, "verdict": "refused", "code": "protocol_refused"}
    world.send_batch(
        client,
        device,
        world.offline(world.issue(exhibition.id), mask="missing", screening="passed", **refused),
        world.offline(world.issue(exhibition.id), mask="worn", screening="passed"),
        world.offline(world.issue(exhibition.id)),
    )
    assert kept() == [(False, True), (True, True), (None, None)]


def test_the_bundle_tells_devices_what_to_ask(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    ask(exhibition, mask=True, question="Batuk?")
    bundle = client.get("/api/v1/gate/bundle", headers={"Authorization": f"Bearer {device}"}).get_json()
    assert bundle["exhibition"]["mask_required"] is True
    assert bundle["exhibition"]["screening_question"] == "Batuk?"


@pytest.mark.parametrize(
    "more",
    [
        {"temperature": 38.2},
        {"symptoms": "batuk"},
        {"screening": "38.2"},
        {"screening": "has a cough"},
        {"mask": "no"},
        {"mask": True},
    ],
)
def test_temperatures_and_words_are_refused_and_nothing_is_kept(
    client: FlaskClient, exhibition: Exhibition, device: str, more: dict[str, object]
) -> None:
    issued = world.issue(exhibition.id)
    answer = world.send(client, device, token=issued.token, **more)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == next(iter(more))
    assert kept() == []


@pytest.mark.usefixtures("csrf_off")
def test_the_edition_is_asked_at_the_desk(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    page = organizer_client.get("/desk/edition").text
    assert 'name="mask_required"' in page
    assert "Apakah ada yang demam" in page
