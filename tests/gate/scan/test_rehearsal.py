"""Rehearsal: test passes get the answer of the rule, are marked, and leave no trace."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.models import AuditEntry
from exhibition.core import clock
from exhibition.core.db import Base, db
from exhibition.gate.rules.admission import Direction, Edition
from exhibition.gate.rules.rehearsal import Situation, rehearse
from exhibition.gate.scan import rehearsal
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition import Reentry
from tests.gate import world

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "vectors" / "rehearsal.json").read_text())
NOW = datetime(2026, 11, 6, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize("case", CASES)
def test_a_test_pass_is_decided_as_the_vectors_say(case: dict[str, Any]) -> None:
    edition = Edition("umkm-2026", 15, 0, Reentry(case["reentry"]))
    decided = rehearse(Situation(case["situation"]), edition, Direction(case["direction"]), NOW, case["people"])
    assert (decided.code, decided.people) == (case["code"], case["moved"])


def _rows() -> dict[str, int]:
    db.session.rollback()
    return {
        table.name: db.session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in Base.metadata.sorted_tables
    }


def test_a_rehearsal_gets_answers_and_leaves_no_trace(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    texts = rehearsal.texts(exhibition)
    before, hall = _rows(), world.hall(exhibition.id)
    for situation, code in ((Situation.COMES, "accepted"), (Situation.CANCELLED, "cancelled")):
        for text in (texts[situation], texts[situation].lower(), f"\\000026{texts[situation]}"):
            answer = world.send(client, device, token=text).get_json()
            assert (answer["code"], answer["rehearsal"], answer["scan_id"]) == (code, True, 0)
    back = world.send(client, device, token=texts[Situation.WENT_OUT]).get_json()
    assert (back["returned"], back["pass"]) == (4, {"party_size": 4, "inside": 4, "admitted": 4})
    assert (_rows(), world.hall(exhibition.id)) == (before, hall)
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("scan%"))).all() == []


def test_test_passes_are_good_for_their_day_and_fair_only_and_cannot_be_forged(
    client: FlaskClient, exhibition: Exhibition, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = rehearsal.texts(exhibition)[Situation.COMES]
    forged = [good[:5] + "2" + good[6:], good[:23] + "9" + good[24:], good[:-1], good + "A" * 3, "EPR1"]
    for text in forged:
        assert world.send(client, device, token=text).get_json()["code"] == "unknown"
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1))
    assert world.send(client, device, token=good).get_json()["code"] == "unknown"


def test_a_withdrawn_or_unknown_device_gets_no_rehearsal(client: FlaskClient, exhibition: Exhibition) -> None:
    good = rehearsal.texts(exhibition)[Situation.COMES]
    assert world.send(client, "nobody", token=good).status_code == 401


def test_the_desk_shows_a_test_pass_for_each_situation(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    page = organizer_client.get("/desk/rehearsal").text
    assert all(text in page for text in rehearsal.texts(exhibition).values())
