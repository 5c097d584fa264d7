"""Typed codes that are nobody's are counted for each device; right ones are never held up."""

from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.venue.models import Exhibition
from tests.gate import world


def noted() -> int:
    condition = AuditEntry.action == "device.codes_guessed"
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(condition)) or 0


def test_a_device_that_guesses_codes_is_told_and_noted_once(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    answers = [world.send(client, device, code=f"ZZZZZZ{n:02}") for n in range(23)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429] * 3
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61
    assert noted() == 1
    right = world.send(client, device, code=issued.code)
    assert right.json is not None
    assert (right.status_code, right.json["verdict"]) == (200, "accepted")


def test_right_codes_and_scanned_nonsense_do_not_count(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    for _ in range(25):
        assert world.send(client, device, code=issued.code).status_code == 200
        assert world.send(client, device, token="https://example.com").status_code == 200
    assert world.send(client, device, code="ZZZZZZZZ").status_code == 200
    assert noted() == 0
