"""The promises of the gate, over HTTP (DESIGN §6)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate.rules.admission import ScanCode
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import PassState, TimeSlot
from tests.gate import world


def test_a_valid_pass_is_let_in_and_counted(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    issued = world.issue(exhibition.id, party_size=3)
    answer = world.send(client, device, token=issued.token).json
    assert answer is not None
    assert (answer["verdict"], answer["code"], answer["people"]) == ("accepted", "accepted", 3)
    assert answer["pass"] == {"party_size": 3, "inside": 3, "admitted": 3}
    assert answer["occupancy"] == {"inside": 3, "capacity": 150}
    assert world.pass_counts(issued.id) == (3, 3)
    assert world.hall(exhibition.id) == (3, 150)


def test_a_repeated_nonce_gets_its_stored_answer_word_for_word(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    first = world.send(client, device, token=issued.token, nonce="n1")
    world.send(client, device, token=issued.token, nonce="n2", direction="exit")
    world.change_pass(issued.id, state=PassState.REVOKED)
    world.set_hall(exhibition.id, capacity=0)
    assert world.send(client, device, token=issued.token, nonce="n1").data == first.data
    assert len(world.scans()) == 2


def test_a_refusal_is_repeated_too_when_its_nonce_comes_back(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.set_hall(exhibition.id, capacity=0)
    issued = world.issue(exhibition.id)
    first = world.send(client, device, token=issued.token, nonce="n1")
    world.set_hall(exhibition.id, capacity=10)
    again = world.send(client, device, token=issued.token, nonce="n1")
    assert again.data == first.data
    assert again.json is not None
    assert again.json["code"] == "venue_full"


def test_the_same_nonce_of_another_device_is_another_scan(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    world.send(client, device, token=issued.token, nonce="n1")
    other = world.send(client, world.enrol(exhibition, "B"), token=issued.token, nonce="n1").json
    assert other is not None
    assert other["code"] == "already_used"


def test_every_attempt_is_kept_with_both_times_and_where_it_happened(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    world.send(client, device, token=issued.token, scanned_at="2026-11-06T10:05:00+07:00")
    world.send(client, device, token="https://example.com/\x00menu")
    accepted, refused = world.scans()
    assert (accepted.code, accepted.pass_id, accepted.people) == (ScanCode.ACCEPTED, issued.id, 1)
    assert accepted.device_at == datetime(2026, 11, 6, 3, 5, tzinfo=UTC)
    assert abs(accepted.server_at - clock.now()) < timedelta(minutes=1)
    assert (accepted.gate_id, accepted.offline) == (world.gates()[0].id, False)
    assert (refused.code, refused.people, refused.presented) == (ScanCode.UNKNOWN, 0, "https://example.com/menu")


def test_a_party_may_come_in_parts_and_never_more_than_its_size(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=4)

    def enter(people: int | None) -> tuple[str, int]:
        answer = world.send(client, device, token=issued.token, people=people).json
        assert answer is not None
        return answer["code"], answer["pass"]["admitted"]

    assert enter(2) == ("accepted", 2)
    assert enter(3) == ("party_exceeded", 2)
    assert enter(None) == ("accepted", 4)
    assert enter(None) == ("repeat_scan", 4)
    assert world.hall(exhibition.id)[0] == 4


def test_a_slip_of_the_hand_is_told_apart_from_a_second_use(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    other_gate = world.enrol(exhibition, "B")
    start = clock.now()
    with time_machine.travel(start, tick=False) as clockwork:
        world.send(client, device, token=issued.token)
        clockwork.shift(3)
        repeat = world.send(client, device, token=issued.token).json
        elsewhere = world.send(client, other_gate, token=issued.token).json
        clockwork.shift(7)
        later = world.send(client, device, token=issued.token).json
    assert repeat is not None
    assert elsewhere is not None
    assert later is not None
    assert repeat["code"] == "repeat_scan"
    assert [elsewhere["code"], later["code"]] == ["already_used"] * 2
    assert elsewhere["earlier"]["gate"] == "A"
    assert datetime.fromisoformat(elsewhere["earlier"]["at"]) == start


def test_exit_of_a_party_that_is_not_inside_is_refused(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    outside = world.send(client, device, token=issued.token, direction="exit").json
    assert outside is not None
    assert outside["code"] == "not_inside"
    world.send(client, device, token=issued.token, people=1)
    answer = world.send(client, device, token=issued.token, direction="exit", people=2).json
    assert answer is not None
    assert answer["code"] == "party_exceeded"
    assert world.hall(exhibition.id)[0] == 1


def test_an_exit_does_not_take_a_wrong_count_below_zero(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    world.send(client, device, token=issued.token)
    world.set_hall(exhibition.id, inside=1)
    answer = world.send(client, device, token=issued.token, direction="exit").json
    assert answer is not None
    assert (answer["code"], answer["occupancy"]["inside"]) == ("accepted", 0)


def test_the_cap_of_people_inside_is_enforced_for_whole_parties(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.set_hall(exhibition.id, capacity=5, inside=3)
    issued = world.issue(exhibition.id, party_size=3)
    full = world.send(client, device, token=issued.token).json
    assert full is not None
    assert (full["code"], full["people"], full["occupancy"]) == ("venue_full", 0, {"inside": 3, "capacity": 5})
    some = world.send(client, device, token=issued.token, people=2).json
    assert some is not None
    assert (some["code"], some["occupancy"]["inside"]) == ("accepted", 5)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": PassState.CANCELLED}, "cancelled"),
        ({"state": PassState.REVOKED}, "revoked"),
        ({"generation": 1}, "superseded"),
    ],
)
def test_a_pass_that_is_no_longer_good_is_refused_with_its_reason(
    client: FlaskClient, exhibition: Exhibition, device: str, change: dict[str, object], code: str
) -> None:
    issued = world.issue(exhibition.id)
    world.change_pass(issued.id, **change)
    answer = world.send(client, device, token=issued.token).json
    assert answer is not None
    assert (answer["verdict"], answer["code"]) == ("refused", code)


def test_people_inside_may_leave_with_a_pass_that_was_revoked(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    world.send(client, device, token=issued.token)
    world.change_pass(issued.id, state=PassState.REVOKED, generation=1)
    answer = world.send(client, device, token=issued.token, direction="exit").json
    assert answer is not None
    assert (answer["code"], answer["occupancy"]["inside"]) == ("accepted", 0)


def test_failed_screening_keeps_the_party_out_and_the_pass_unused(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    refused = world.send(client, device, token=issued.token, screening="failed").json
    assert refused is not None
    assert refused["code"] == "protocol_refused"
    passed = world.send(client, device, token=issued.token, screening="passed").json
    assert passed is not None
    assert passed["code"] == "accepted"


def test_a_pass_for_another_slot_says_when(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    slots = list(db.session.scalars(db.select(TimeSlot).order_by(TimeSlot.starts_at)))
    issued = world.issue(exhibition.id, slot=slots[-1])
    answer = world.send(client, device, token=issued.token).json
    assert answer is not None
    assert answer["code"] == "too_early"
    assert datetime.fromisoformat(answer["slot"]["starts_at"]) == slots[-1].starts_at


def test_a_pass_of_another_edition_is_refused_without_telling_about_it(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    other = Exhibition(
        slug="umkm-2019",
        name="Tahun lalu",
        venue_name="Alun-alun",
        starts_on=exhibition.starts_on,
        ends_on=exhibition.ends_on,
        hall_width=10,
        hall_depth=10,
    )
    db.session.add(other)
    db.session.commit()
    slot = world.open_slot(exhibition.id)
    issued = world.issue(other.id, slot=slot)
    answer = world.send(client, device, token=issued.token).json
    assert answer is not None
    assert (answer["code"], answer["pass"]) == ("wrong_exhibition", None)


@pytest.mark.parametrize("spelling", [str.lower, lambda code: f" {code[:4]} - {code[4:]} ", str.upper])
def test_a_short_code_may_be_typed_in_any_spelling(
    client: FlaskClient, exhibition: Exhibition, device: str, spelling: object
) -> None:
    assert callable(spelling)
    issued = world.issue(exhibition.id)
    answer = world.send(client, device, code=spelling(issued.code)).json
    assert answer is not None
    assert answer["code"] == "accepted"


@pytest.mark.parametrize(
    "spelling",
    ["\\000026{}", "{}\r\n", "]Q1{}", "  {}", "\\000026{}\t"],
    ids=["charset", "enter", "symbology", "blank", "tab"],
)
def test_what_scanner_hardware_adds_to_a_token_does_not_matter(
    client: FlaskClient, exhibition: Exhibition, device: str, spelling: str
) -> None:
    issued = world.issue(exhibition.id)
    answer = world.send(client, device, token=spelling.format(issued.token.lower())).json
    assert answer is not None
    assert answer["code"] == "accepted"


def test_text_that_is_no_token_is_unknown_and_a_damaged_token_is_a_bad_signature(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id)
    damaged = issued.token[:50] + ("A" if issued.token[50] != "A" else "B") + issued.token[51:]
    for text, code in (
        ("https://example.com", "unknown"),
        ("", "unknown"),
        (damaged, "bad_signature"),
        (issued.token[:-1], "bad_signature"),
        ("EP1", "bad_signature"),
    ):
        answer = world.send(client, device, token=text).json
        assert answer is not None
        assert answer["code"] == code, text
    answer = world.send(client, device, code="ZZZZZZZZ").json
    assert answer is not None
    assert answer["code"] == "unknown"


def test_a_sound_token_without_its_pass_is_unknown(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    other = world.issue(exhibition.id)
    db.session.execute(db.text("DELETE FROM visitor_pass WHERE id = :id"), {"id": other.id})
    db.session.commit()
    answer = world.send(client, device, token=other.token).json
    assert answer is not None
    assert answer["code"] == "unknown"
