"""A supervisor overrules a refusal: with the right PIN, for what the edition allows, and always recorded."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from exhibition.accounts import pins
from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import AuditEntry, RoleName
from exhibition.accounts.service import create_user
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.gate.models import ScanOverride
from exhibition.gate.verification import verify_counters
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition import Reentry
from exhibition.visitors.models import SlotState, TimeSlot
from tests.badges.places import badge_of, confirmed, release
from tests.gate import world
from tests.gate.scan.test_statements import counted

PIN = "482913"


@pytest.fixture(autouse=True)
def supervisor(exhibition: Exhibition) -> int:
    """Bu Rini, whose PIN it is."""
    user = create_user(COMMAND_LINE, "rini@example.com", RoleName.GATE, password="kopi tubruk pagi", name="Bu Rini")
    pins.set_pin(Actor(user.id, user.name), PIN)
    return user.id


def overrule(client: FlaskClient, device: str, issued: world.IssuedPass, **body: Any) -> TestResponse:
    word = {"pin": body.pop("pin", PIN), "reason": body.pop("reason", "Tamu undangan")}
    return world.send(client, device, **{"token": issued.token, "override": word} | body)


@transaction
def allow(exhibition: Exhibition, codes: str) -> None:
    db.session.merge(exhibition).override_codes = codes


def later_slot(exhibition: Exhibition) -> TimeSlot:
    statement = select(TimeSlot).where(
        TimeSlot.exhibition_id == exhibition.id, TimeSlot.starts_at > clock.now() + timedelta(hours=1)
    )
    return db.session.scalars(statement.order_by(TimeSlot.starts_at)).first() or pytest.fail("no later slot")


def test_a_party_that_is_too_early_comes_in_on_a_supervisors_word(
    client: FlaskClient, exhibition: Exhibition, device: str, supervisor: int
) -> None:
    issued = world.issue(exhibition.id, party_size=3, slot=later_slot(exhibition))
    assert world.send(client, device, token=issued.token).get_json()["code"] == "too_early"
    answer = overrule(client, device, issued, nonce="n1", reason="  Rombongan \n sekolah ").get_json()
    assert (answer["verdict"], answer["code"], answer["people"]) == ("accepted", "accepted", 3)
    assert answer["override"] == {"codes": ["too_early"], "by": "Bu Rini"}
    assert world.pass_counts(issued.id) == (3, 3)
    assert verify_counters() == []
    kept = db.session.scalars(select(ScanOverride)).one()
    assert (kept.scan_id, kept.code, kept.user_id) == (answer["scan_id"], "too_early", supervisor)
    assert (kept.by, kept.reason) == ("Bu Rini", "Rombongan sekolah")
    assert overrule(client, device, issued, nonce="n1").get_json() == answer
    assert overrule(client, device, issued).get_json()["code"] == "repeat_scan"


def test_staff_come_into_a_full_hall_on_a_supervisors_word_but_not_without_a_booth(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    claim = confirmed(exhibition)
    badge = badge_of(exhibition, claim)
    world.set_hall(exhibition.id, capacity=0)
    assert world.send(client, device, token=badge.token).get_json()["code"] == "venue_full"
    assert overrule(client, device, badge).get_json()["occupancy"] == {"inside": 1, "capacity": 0}
    world.send(client, device, token=badge.token, direction="exit")
    release(exhibition, claim)
    assert overrule(client, device, badge).get_json()["code"] == "revoked"
    assert verify_counters() == []


def test_a_full_hall_is_overfilled_knowingly(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    world.set_hall(exhibition.id, capacity=0)
    issued = world.issue(exhibition.id, party_size=2)
    answer = overrule(client, device, issued).get_json()
    assert answer["occupancy"] == {"inside": 2, "capacity": 0}
    assert world.hall(exhibition.id) == (2, 0)
    assert verify_counters() == []


def test_a_closed_slot_and_a_failed_screening_are_set_aside_together(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    slot = later_slot(exhibition)
    issued = world.issue(exhibition.id, slot=slot)

    @transaction
    def close() -> None:
        db.session.merge(slot).state = SlotState.CLOSED

    close()
    answer = overrule(client, device, issued, screening="failed").get_json()
    assert answer["override"]["codes"] == ["protocol_refused", "slot_closed", "too_early"]


def test_what_the_edition_does_not_allow_stays_refused(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    allow(exhibition, "venue_full")
    issued = world.issue(exhibition.id, slot=later_slot(exhibition))
    answer = overrule(client, device, issued).get_json()
    assert (answer["verdict"], answer["code"], answer.get("override")) == ("refused", "too_early", None)
    assert list(db.session.scalars(select(ScanOverride))) == []


def test_who_has_left_comes_back_on_a_word_and_is_no_further_visitor(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.set_edition(exhibition.id, reentry=Reentry.NEVER)
    issued = world.issue(exhibition.id, party_size=3)
    world.send(client, device, token=issued.token)
    world.send(client, device, token=issued.token, direction="exit", people=2)
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert world.send(client, device, token=issued.token).get_json()["code"] == "already_used"
        answer = overrule(client, device, issued).get_json()
        assert (answer["code"], answer["people"], answer["override"]["codes"]) == ("accepted", 2, ["already_used"])
        assert world.pass_counts(issued.id) == (3, 3)
    assert verify_counters() == []


def test_no_word_lets_in_a_used_or_forged_pass(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    allow(exhibition, "already_used bad_signature unknown party_exceeded too_early")
    issued = world.issue(exhibition.id)
    other = world.enrol(exhibition, "B", "Tablet")
    world.send(client, other, token=issued.token)
    assert overrule(client, device, issued).get_json()["code"] == "already_used"
    forged = issued.token[:-1] + ("A" if issued.token[-1] != "A" else "B")
    assert overrule(client, device, issued, token=forged).get_json()["code"] == "bad_signature"
    assert overrule(client, device, issued, token="https://example.com").get_json()["code"] == "unknown"


def test_a_word_that_was_not_needed_leaves_no_trace(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    answer = overrule(client, device, world.issue(exhibition.id)).get_json()
    assert (answer["verdict"], answer.get("override")) == ("accepted", None)
    assert list(db.session.scalars(select(ScanOverride))) == []


def test_a_wrong_pin_is_refused_written_down_and_soon_stopped(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, slot=later_slot(exhibition))
    answers = [overrule(client, device, issued, pin=f"48291{number}") for number in (0, 1, 2, 4, 5)]
    assert [(answer.status_code, answer.get_json()["field"]) for answer in answers] == [(403, "override.pin")] * 5
    assert answers[0].get_json()["code"] == "pin_wrong"
    stopped = overrule(client, device, issued)
    assert (stopped.status_code, "Retry-After" in stopped.headers) == (429, True)
    other = world.enrol(exhibition, "B", "Tablet")
    assert overrule(client, other, issued).get_json()["verdict"] == "accepted"
    statement = select(AuditEntry).where(AuditEntry.action == "override.pin_wrong")
    entries = list(db.session.scalars(statement))
    assert len(entries) == 5
    assert "4829" not in str([(entry.before, entry.after, entry.object_name) for entry in entries])
    assert len(world.scans()) == 1


def test_a_right_pin_forgets_wrong_ones(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    for _round in range(3):
        issued = world.issue(exhibition.id, slot=later_slot(exhibition))
        for _try in range(4):
            assert overrule(client, device, issued, pin="700194").status_code == 403
        assert overrule(client, device, issued).status_code == 200


def test_an_unknown_device_does_not_learn_whether_a_pin_is_right(client: FlaskClient, exhibition: Exhibition) -> None:
    issued = world.issue(exhibition.id)
    for pin in (PIN, "700194"):
        assert overrule(client, "nobody", issued, pin=pin).get_json()["code"] == "device_unknown"


def test_an_overruled_entry_is_undone_like_any_other(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    issued = world.issue(exhibition.id, slot=later_slot(exhibition))
    overrule(client, device, issued, nonce="n1")
    body = {"nonce": "u1", "undoes": "n1"}
    client.post("/api/v1/gate/scans/undo", json=body, headers={"Authorization": f"Bearer {device}"})
    assert world.pass_counts(issued.id) == (0, 0)
    assert verify_counters() == []


def test_the_scan_itself_costs_at_most_one_statement_more_with_a_word(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.send(client, device, token=world.issue(exhibition.id).token)
    issued = world.issue(exhibition.id, slot=later_slot(exhibition))
    with counted() as seen:
        assert overrule(client, device, issued).get_json()["verdict"] == "accepted"
    scan = seen[next(index for index, text in enumerate(seen) if "visitor_pass" in text) - 1 :]
    assert len(scan) <= 7, scan


def test_the_desk_shows_who_overruled_what_and_why(
    app: Flask, client: FlaskClient, organizer_client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, slot=later_slot(exhibition))
    overrule(client, device, issued, reason="<b>Tamu</b> gubernur")
    page = organizer_client.get("/desk/overrides").text
    assert "Bu Rini" in page
    assert "&lt;b&gt;Tamu&lt;/b&gt; gubernur" in page
    assert issued.code in page


def test_the_conflicts_desk_shows_the_word_beside_the_scan(
    client: FlaskClient, organizer_client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, slot=later_slot(exhibition))
    overrule(client, device, issued, reason="Rombongan sekolah")
    world.send_batch(client, world.enrol(exhibition, "B", "Tablet"), world.offline(issued))
    assert "double_entry" in [kind for kind, _scan, _other in world.conflicts()]
    assert "Bu Rini: Rombongan sekolah" in organizer_client.get("/desk/conflicts").text
