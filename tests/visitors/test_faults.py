"""A fault of ours at registration is not told as a refusal: a logged 500, no sentence about places, nothing written."""

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from exhibition.core.db import db
from exhibition.core.outbox import OutboxMail
from exhibition.venue.models import Exhibition
from exhibition.visitors import service, slots
from exhibition.visitors.models import Registration, TimeSlot, VisitorPass
from exhibition.visitors.registration import random_values
from exhibition.visitors.registration.party import Party
from tests.fairs import the_fair
from tests.gate import world


@pytest.fixture
def no_locale(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Make registrations lack their language, which is required. The list gets an entry for each try."""
    tries: list[object] = []
    made = random_values.registration

    def registration(locale: str, now: datetime) -> dict[str, Any]:
        tries.append(locale)
        return made(locale, now) | {"locale": None}

    monkeypatch.setattr(random_values, "registration", registration)
    return tries


def written() -> list[int]:
    """The numbers of registrations, passes and messages, and of places given out."""
    counts = [
        db.session.scalar(select(func.count()).select_from(model)) for model in (Registration, VisitorPass, OutboxMail)
    ]
    return [*(count or 0 for count in counts), db.session.scalar(select(func.sum(TimeSlot.issued))) or 0]


@pytest.mark.usefixtures("as_served")
@pytest.mark.parametrize("key", [None, "once"])
def test_a_value_missing_in_a_registration_is_a_logged_500_at_the_first_try(
    client: FlaskClient,
    exhibition: Exhibition,
    no_locale: list[object],
    caplog: pytest.LogCaptureFixture,
    key: str | None,
) -> None:
    before = written()
    body = {"slot_id": world.open_slot(exhibition.id).id, "name": "Siti", "party_size": 2, "consent": True}
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post("/api/v1/registrations", json=body | {"email": "siti@example.com"}, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal_server_error")
    logged = [record for record in caplog.records if record.exc_info and record.exc_info[0] is IntegrityError]
    assert [record.levelname for record in logged] == ["ERROR"]
    assert len(no_locale) == 1
    assert written() == before


def test_a_value_missing_in_a_walk_ins_registration_comes_out(exhibition: Exhibition, no_locale: list[object]) -> None:
    before = written()
    slot = slots.get(the_fair(), world.open_slot(exhibition.id).id)
    with pytest.raises(IntegrityError):
        service.register(Party(slot.id, "", None, None, 1, "id"), walk_in=True)
    assert written() == before
