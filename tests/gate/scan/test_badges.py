"""Badges at the gate: in and out all day while the booth is confirmed, online and in bundle and batch."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.allocation import service as allocation
from exhibition.badges import service
from exhibition.badges.models import Badge
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.demo import service as demo
from exhibition.gate.offline.bundle import code_digest
from exhibition.gate.scan import badge_scans
from exhibition.gate.verification import verify_counters
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.visitors.models import TimeSlot
from tests.badges.places import as_shown, badge_of, confirmed, release
from tests.fairs import the_fair
from tests.gate import world
from tests.gate.scan.test_statements import BUDGET, counted
from tests.gate.world import IssuedPass


def scan(client: FlaskClient, device: str, badge: IssuedPass, **more: Any) -> dict[str, Any]:
    answer = world.send(client, device, **({"token": badge.token} | more)).get_json()
    assert "verdict" in answer, answer
    return answer


def bundle(client: FlaskClient, device: str, since: int | None = None) -> dict[str, Any]:
    query = {} if since is None else {"since": since}
    answer = client.get("/api/v1/gate/bundle", query_string=query, headers={"Authorization": f"Bearer {device}"})
    return answer.get_json()


def inside(badge: IssuedPass) -> int:
    db.session.rollback()
    return db.session.execute(select(Badge.inside).where(Badge.id == badge.id)).scalar_one()


def test_a_badge_goes_in_and_out_all_day(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    claim = confirmed(exhibition)
    badge = badge_of(exhibition, claim)
    before, _cap = world.hall(exhibition.id)
    entry: dict[str, Any] = {}
    for _time in range(3):
        entry = scan(client, device, badge)
        assert (entry["code"], entry["people"], entry["occupancy"]["inside"]) == ("accepted", 1, before + 1)
        assert entry["pass"] == {"party_size": 1, "inside": 1, "admitted": 1}
        assert scan(client, device, badge, direction="exit")["occupancy"]["inside"] == before
    booth = next(
        one.code for one in allocation.plan(exhibition) if one.claim and one.claim.exhibitor == claim.exhibitor
    )
    assert entry["badge"] == {"exhibitor": claim.exhibitor, "booth": booth}
    assert verify_counters() == []


def test_a_badge_takes_no_place_of_a_session(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    scan(client, device, badge_of(exhibition, confirmed(exhibition)))
    db.session.rollback()
    assert set(db.session.scalars(select(TimeSlot.issued))) == {0}


def test_a_badge_that_is_inside_brings_nobody_else_in(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    scan(client, device, badge)
    assert scan(client, device, badge)["code"] == "repeat_scan"
    second = scan(client, world.enrol(exhibition, "B"), badge)
    assert (second["code"], second["earlier"]["gate"]) == ("already_used", "A")
    assert world.hall(exhibition.id)[0] == 1


def test_releasing_the_booth_ends_its_badges_at_once(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    claim = confirmed(exhibition)
    badge = badge_of(exhibition, claim)
    step = release(exhibition, claim)
    answer = scan(client, device, badge)
    assert (answer["verdict"], answer["code"]) == ("refused", "revoked")
    assert answer["badge"] == {"exhibitor": claim.exhibitor, "booth": None}
    allocation.undo(COMMAND_LINE, exhibition, step.id)
    assert scan(client, device, badge)["code"] == "accepted"


def test_a_badge_follows_its_exhibitor_to_another_booth(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    claim = confirmed(exhibition)
    badge = badge_of(exhibition, claim)
    free = next(one.code for one in allocation.plan(exhibition) if one.state == "open")
    allocation.move(COMMAND_LINE, exhibition, claim.mark, free)
    assert scan(client, device, badge)["badge"]["booth"] == free


def test_people_inside_may_leave_after_the_release(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    claim = confirmed(exhibition)
    badge = badge_of(exhibition, claim)
    scan(client, device, badge)
    release(exhibition, claim)
    assert scan(client, device, badge, direction="exit")["code"] == "accepted"
    assert scan(client, device, badge, direction="exit")["code"] == "revoked"


def test_a_reissued_badge_supersedes_the_lost_one_and_its_code(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    service.reissue(COMMAND_LINE, exhibition, badge.id)
    assert scan(client, device, badge)["code"] == "superseded"
    assert scan(client, device, badge, token=None, code=badge.code)["code"] == "unknown"
    assert scan(client, device, as_shown(exhibition, badge.id))["code"] == "accepted"


def test_a_withdrawn_badge_is_revoked(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    service.revoke(COMMAND_LINE, exhibition, badge.id)
    answer = scan(client, device, badge)
    assert (answer["code"], answer["badge"]["booth"] is None) == ("revoked", False)


@pytest.mark.parametrize("spelt", [lambda code: code, str.lower, lambda code: f"8{code[1:4]} {code[4:]}"])
def test_the_short_code_works_however_it_is_spelt(
    client: FlaskClient, exhibition: Exhibition, device: str, spelt: Any
) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    assert scan(client, device, badge, token=None, code=spelt(badge.code))["code"] == "accepted"


def test_badges_are_good_on_the_days_of_the_fair_only(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    last = exhibition.ends_on
    for days, code in ((-2, "too_early"), (3, "too_late")):
        db.session.execute(
            update(Exhibition).values(
                starts_on=exhibition.starts_on - timedelta(days=days), ends_on=last - timedelta(days=days)
            )
        )
        db.session.commit()
        assert scan(client, device, badge)["code"] == code


def test_a_badge_of_another_edition_is_told_apart(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    other = Exhibition(
        slug="lain",
        name="Lain",
        venue_name="Lain",
        starts_on=exhibition.starts_on,
        ends_on=exhibition.ends_on,
        hall_width=1,
        hall_depth=1,
    )
    db.session.add(other)
    db.session.flush()
    db.session.execute(update(Badge).values(exhibition_id=other.id))
    db.session.commit()
    answer = scan(client, device, badge)
    assert (answer["code"], answer["pass"], "badge" in answer) == ("wrong_exhibition", None, False)


def test_the_cap_of_people_inside_holds_for_staff_too(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    world.set_hall(exhibition.id, capacity=0)
    assert scan(client, device, badge)["code"] == "venue_full"


def test_who_went_home_without_a_scan_comes_in_the_next_morning(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    db.session.execute(delete(DisinfectionRound))  # one may be on then, by the hour at which the test runs
    db.session.commit()
    badge = badge_of(exhibition, confirmed(exhibition))
    scan(client, device, badge)
    with time_machine.travel(clock.now() + timedelta(hours=8), tick=False):
        assert scan(client, device, badge)["code"] == "accepted"
    assert inside(badge) == 1
    assert verify_counters() == []


def test_a_scan_of_a_badge_costs_six_statements(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    scan(client, device, badge)
    for more in ({"direction": "exit"}, {}, {"direction": "exit"}, {"token": None, "code": badge.code}):
        with counted() as seen:
            assert scan(client, device, badge, **more)["code"] == "accepted"
        assert len(seen) <= BUDGET, seen


def test_a_repeated_nonce_gets_the_same_answer_after_the_release(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    claim = confirmed(exhibition)
    badge = badge_of(exhibition, claim)
    first = scan(client, device, badge, nonce="einmal")
    release(exhibition, claim)
    assert scan(client, device, badge, nonce="einmal") == first


def test_the_last_scan_of_a_badge_is_undone(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    headers = {"Authorization": f"Bearer {device}"}
    for number, (direction, left) in enumerate((("entry", 0), ("entry", 0), ("exit", 1))):
        if direction == "exit":
            scan(client, device, badge)
        scan(client, device, badge, nonce=f"scan {number}", direction=direction)
        undo = {"nonce": f"undo {number}", "undoes": f"scan {number}"}
        answer = client.post("/api/v1/gate/scans/undo", json=undo, headers=headers).get_json()
        assert (answer["pass"]["inside"], inside(badge)) == (left, left)
        assert verify_counters() == []


def test_the_bundle_names_every_badge_and_deltas_follow_the_booth(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    claim = confirmed(exhibition)
    badge = badge_of(exhibition, claim)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        whole = bundle(client, device)
        (known,) = [one for one in whole["passes"] if "badge" in one]
        assert (known["id"], known["state"], known["code_digest"]) == (
            f"{badge.id:016x}",
            "valid",
            code_digest(whole["code_salt"], badge.code),
        )
        assert known["badge"]["exhibitor"] == claim.exhibitor
        assert "Siti" not in str(whole)
    with time_machine.travel(clock.now() + timedelta(minutes=4)):
        assert bundle(client, device, whole["version"])["passes"] == []
        release(exhibition, claim)
        (changed,) = bundle(client, device, whole["version"])["passes"]
        assert (changed["state"], changed["badge"]["booth"]) == ("revoked", None)


def test_an_offline_entry_of_a_badge_is_recorded_and_counted(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    at = (clock.now() - timedelta(seconds=50)).isoformat()
    typed = world.offline(short_code=badge.code, scanned_at=at, direction="exit")
    results = world.send_batch(client, device, world.offline(badge, scanned_at=at), typed, world.offline(badge))
    assert [one["conflict"] for one in results] == [None, None, None]
    assert (inside(badge), world.hall(exhibition.id)[0]) == (1, 1)
    assert verify_counters() == []
    assert world.scans()[0].pass_id == badge.id


def test_two_people_on_one_badge_at_cut_off_gates_show_as_a_conflict(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    other = world.enrol(exhibition, "B")
    (first,) = world.send_batch(client, device, world.offline(badge))
    (second,) = world.send_batch(client, other, world.offline(badge))
    assert world.conflicts() == [("double_entry", second["scan_id"], first["scan_id"])]
    assert world.hall(exhibition.id)[0] == 2
    assert verify_counters() == []


def test_an_offline_entry_after_the_release_is_a_conflict(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    claim = confirmed(exhibition)
    badge = badge_of(exhibition, claim)
    release(exhibition, claim)
    (result,) = world.send_batch(client, device, world.offline(badge))
    assert result["conflict"] == "differs"


def test_what_the_device_decided_replaces_the_answer_it_did_not_hear(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    scan(client, device, badge, nonce="unheard")
    refused = world.offline(badge, nonce="unheard", verdict="refused", code="venue_full", people=0)
    world.send_batch(client, device, refused)
    assert (inside(badge), world.hall(exhibition.id)[0]) == (0, 0)
    assert verify_counters() == []


def test_a_wrong_counter_of_a_badge_is_found(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    badge = badge_of(exhibition, confirmed(exhibition))
    scan(client, device, badge)
    db.session.execute(update(Badge).values(inside=0))
    db.session.commit()
    (found,) = verify_counters()
    assert (found.counter, found.counted, found.derived) == (f"badge {badge.code} inside", 0, 1)


def test_the_gates_desk_tells_how_many_of_the_staff_may_come(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    claim, other = confirmed(exhibition), confirmed(exhibition, 1)
    for one in (claim, claim, other):
        badge_of(exhibition, one)
    release(exhibition, other)
    assert badge_scans.badges_valid(exhibition) == 2
    assert "2 tanda pengenal berlaku" in organizer_client.get("/desk/gates").text


def test_the_staff_inside_are_counted(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    claim = confirmed(exhibition)
    for name in ("Siti", "Budi"):
        scan(client, device, badge_of(exhibition, claim, name))
    db.session.rollback()
    assert badge_scans.staff_inside(exhibition) == 2
    with time_machine.travel(clock.now() + timedelta(hours=9)):
        assert badge_scans.staff_inside(exhibition) == 0


def test_many_gates_let_one_badge_in_once(bare_app: Flask) -> None:
    with bare_app.app_context():
        exhibition = demo.load(open_now=True)
        badge = badge_of(exhibition, confirmed(exhibition))
        devices = [world.enrol(exhibition, code, f"{code}{n}") for code in "AB" for n in range(4)]
    start = threading.Barrier(len(devices))
    codes: list[str] = []

    def enter(device: str) -> None:
        client = bare_app.test_client()
        start.wait()
        codes.append(world.send(client, device, token=badge.token).get_json()["code"])

    threads = [threading.Thread(target=enter, args=(device,)) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["accepted"] + ["already_used"] * (len(devices) - 1)
    with bare_app.app_context():
        assert world.hall(the_fair().id)[0] == 1
        assert verify_counters() == []
