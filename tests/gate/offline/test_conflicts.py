"""The desk's page of conflicts."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.gate.models import ScanConflict
from exhibition.venue.models import Exhibition
from tests.gate import world


@pytest.fixture(autouse=True)
def _forms_without_csrf(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def double_entry(client: FlaskClient, exhibition: Exhibition, device: str) -> int:
    """A pass used twice: at gate A and at gate B."""
    issued = world.issue(exhibition.id)
    world.send_batch(client, device, world.offline(issued))
    world.send_batch(client, world.enrol(exhibition, "B", "Ponsel Budi"), world.offline(issued))
    db.session.rollback()
    return db.session.scalars(select(ScanConflict.id)).one()


def test_without_conflicts_the_desk_says_so(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    assert "Tidak ada konflik yang terbuka." in organizer_client.get("/desk/conflicts").text


def test_both_scans_stand_side_by_side(organizer_client: FlaskClient, double_entry: int) -> None:
    page = organizer_client.get("/desk/conflicts").text
    assert "Tiket dipakai dua kali" in page
    assert "B · Ponsel Budi" in page
    assert "A · Ponsel" in page
    assert page.count('class="conflict-scan"') == 2


def test_a_conflict_is_closed_with_a_note_and_audited(organizer_client: FlaskClient, double_entry: int) -> None:
    address = f"/desk/conflicts/{double_entry}/close"
    assert organizer_client.post(address, data={"note": "Kembar, dua tiket"}).status_code == 302
    assert "Kembar, dua tiket" not in organizer_client.get("/desk/conflicts").text.split("<article", 1)[0]
    assert "Tiket dipakai dua kali" not in organizer_client.get("/desk/conflicts").text
    assert "Kembar, dua tiket" in organizer_client.get("/desk/conflicts?closed").text
    organizer_client.post(address, data={"note": "again"})
    db.session.rollback()
    conflict = db.session.scalars(select(ScanConflict)).one()
    assert (conflict.note, conflict.closed_by) == ("Kembar, dua tiket", "Ratna")
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert list(actions).count("scan_conflict.close") == 1


@pytest.mark.parametrize("note", ["", "   ", "x" * 501, "a\x00b"])
def test_a_conflict_is_not_closed_without_a_readable_note(
    organizer_client: FlaskClient, double_entry: int, note: str
) -> None:
    answer = organizer_client.post(f"/desk/conflicts/{double_entry}/close", data={"note": note})
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    db.session.rollback()
    assert db.session.scalars(select(ScanConflict)).one().closed_at is None


def test_a_conflict_that_is_not_there_is_not_found(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    assert organizer_client.post("/desk/conflicts/99/close", data={"note": "x"}).status_code == 404


def test_conflicts_are_shown_in_english_too(organizer_client: FlaskClient, double_entry: int) -> None:
    page = organizer_client.get("/desk/conflicts?lang=en", follow_redirects=True).text
    assert "Pass used twice" in page
